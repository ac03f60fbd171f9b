// What is changed by hand as a part of the page's address, and back; without a page.

import {EVEN, seedOf} from "./spread.js";

export const NAMES = ["cells", "attention", "mix", "blank", "clear", "face_of", "scene_of"];
export const UNTOUCHED = Object.freeze({
    removed: new Set(), spread: null, wFace: null, blanked: {face: false, scene: false}, clear: null,
    whose: {face: null, scene: null},
});
export const BLURRED = "blurred"; // the own scene, as one to swap with
const SIDES = ["face", "scene"];
const FORMER = ["w_face", "removed", "seed", "scene", "shown_face"]; // of a tab that there was once

/**
 * Return an address's query with the names of today for those of the former tab.
 * @param {URLSearchParams} params
 */
export const renewed = (params) => {
    const [weight, removed, seed, scene, face] = FORMER.map((name) => params.get(name));
    const now = new URLSearchParams(params);
    FORMER.forEach((name) => now.delete(name));
    if (weight !== null) now.set("mix", weight);
    if (removed !== null) now.set("cells", removed);
    if (params.get("attention") === "shuffled") now.set("attention", `shuffled.${seed ?? 0}`);
    const blank = SIDES.filter((side) => ({face, scene})[side] === "black").join("-");
    if (blank) now.set("blank", blank);
    if (scene === "blurred") now.set("scene_of", BLURRED);
    return now;
};

/** Return a state's settings by their names in the address, null where the network is left alone; cells from 1. */
export const toParams = ({removed, spread, wFace, blanked, clear, whose}, columns) => ({
    cells: [...removed].sort((one, other) => one - other)
        .map((cell) => `${Math.floor(cell / columns) + 1}.${(cell % columns) + 1}`).join("-") || null,
    attention: spread,
    mix: wFace === null ? null : String(Number(wFace.toFixed(3))),
    blank: SIDES.filter((side) => blanked[side]).join("-") || null,
    clear: clear && `${clear.kind}.${clear.step}`,
    face_of: whose.face,
    scene_of: whose.scene,
});

/**
 * Return the state that an address asks for; rubbish anywhere in it: the network left alone.
 * @param {URLSearchParams} params
 * @param {{shape: number[], steps: Record<string, number[]>, others: {id: string}[]}} known what there is to be set
 */
export const fromParams = (params, known) => {
    const told = Object.fromEntries(NAMES.map((name) => [name, params.get(name)]));
    const read = {
        removed: told.cells === null ? UNTOUCHED.removed : cellsOf(told.cells, known.shape),
        spread: told.attention === null ? null : spreadOf(told.attention),
        wFace: told.mix === null ? null : shareOf(told.mix),
        blanked: told.blank === null ? UNTOUCHED.blanked : sidesOf(told.blank),
        clear: told.clear === null ? null : stepOf(told.clear, known.steps),
        whose: whoseOf(told.face_of, told.scene_of, known.others),
    };
    return Object.values(read).includes(undefined) ? UNTOUCHED : read;
};

const cellsOf = (text, [rows, columns]) => {
    const cells = text.split("-").map((cell) => {
        const [, row, column] = /^(\d{1,3})\.(\d{1,3})$/.exec(cell) ?? [];
        return row >= 1 && row <= rows && column >= 1 && column <= columns ? (row - 1) * columns + Number(column) - 1 : -1;
    });
    const removed = new Set(cells);
    return removed.has(-1) || removed.size >= rows * columns ? undefined : removed;
};
const spreadOf = (text) => (text === EVEN || seedOf(text) !== null ? text : undefined);
const shareOf = (text) => (/^(0|1|0?\.\d{1,9}|1\.0{1,9})$/.test(text) ? Number(text) : undefined);
const sidesOf = (text) => {
    const sides = text.split("-");
    if (!sides.every((side) => SIDES.includes(side))) return undefined;
    return {face: sides.includes("face"), scene: sides.includes("scene")};
};
const stepOf = (text, steps) => {
    const [, kind, number] = /^(\w{1,20})\.(\d{1,2})$/.exec(text) ?? [];
    if (!Object.hasOwn(steps, kind ?? "") || number < 1 || number > steps[kind].length) return undefined;
    return {kind, step: Number(number)};
};
const whoseOf = (face, scene, others) => {
    const there = (whose, side) => whose === null || others.some(({id, only}) => id === whose && (!only || only === side));
    return there(face, "face") && there(scene, "scene") ? {face, scene} : undefined;
};
