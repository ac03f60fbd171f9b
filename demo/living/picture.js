import {combine, fromBase64, readWalk, readWeights, reweigh} from "./combine.js";
import {exact, fill, make, set} from "./dom.js";
import {look} from "./look.js";
import {ask} from "./ask.js";
import {mix} from "./mix.js";
import {answer} from "./answer.js";

const UNTOUCHED = () => ({removed: new Set(), wFace: null, blanked: {face: false, scene: false}});

/**
 * Lay out the picture in an element.
 * @param {HTMLElement} root
 * @param {Record<string, string>} words
 * @param {() => void} wanted asks for the weights of the checkpoint whose face is shown
 * @returns {{face: (told: string) => void, weights: (told: string) => void}} take what the server tells, as JSON
 */
export const begin = (root, words, wanted) => {
    let [sent, weights, state, looked, frame] = [null, null, null, null, 0];

    const change = (what) => {
        if (!state) return;
        Object.assign(state, what);
        frame ||= requestAnimationFrame(show); // however much changes, it is drawn once a frame
    };
    const act = {
        select: (cell) => change({cell, lit: null}),
        light: (lit) => change({lit}),
        weigh: (wFace) => change({wFace}),
        blank: (side) => change({blanked: {...state.blanked, [side]: !state.blanked[side]}}),
        reset: () => change(UNTOUCHED()),
        toggle: (cell = state.cell) => {
            const removed = new Set(state.removed);
            if (!removed.delete(cell)) removed.add(cell);
            if (removed.size < state.own.attention.length) change({removed});
        },
    };
    const parts = [look(words, act), ask(words), mix(words, act), answer(words, act)];
    const lead = make("p", {class: "lead"});
    const now = make("p", {class: "now", "aria-hidden": "true"}); // where cause and effect are on one screen only so
    const flow = make("div", {class: "flow"}, ...parts.map(({element}) => element));
    flow.lastChild.before(now);
    root.replaceChildren(make("h2", {textContent: words.title}), lead, flow);

    /** Ask the network anew only if it is not just the slider that was moved. */
    const lookAgain = ({walk, removed, blanked}) => {
        const [face, scene] = ["face", "scene"].map((side) => (blanked[side] ? weights.blank[side] : walk[side]));
        const outcome = combine(weights, walk, removed.size ? {face, scene, removed} : {face, scene});
        return {face, scene, removed, blanked, outcome};
    };
    const show = () => {
        frame = 0;
        if (looked?.removed !== state.removed || looked.blanked !== state.blanked) looked = lookAgain(state);
        const outcome = state.wFace === null ? looked.outcome : reweigh(weights, looked.outcome, state.wFace);
        const view = {...state, weights, face: looked.face, scene: looked.scene, outcome};
        for (const {show: showPart} of parts) showPart(view);
        const best = exact(outcome.probabilities[outcome.label]);
        set(now, {textContent: `${state.walk.class_names[outcome.label]} ${best}`});
    };

    const begun = () => {
        const told = sent && JSON.parse(sent);
        set(flow, {hidden: !told?.walk || weights?.checkpoint !== told.checkpoint});
        set(lead, {textContent: told?.said ?? fill(words.lead, {number: told?.number ?? ""})});
        state = null;
        if (!told?.walk) return;
        if (weights?.checkpoint !== told.checkpoint) return void wanted();
        const walk = readWalk(weights, fromBase64(told.walk));
        const own = combine(weights, walk);
        const cell = own.attention.indexOf(Math.max(...own.attention));
        state = {walk, own, inputs: told, cell, lit: null, ...UNTOUCHED()};
        show();
    };
    return {
        face: (told) => {
            sent = told;
            begun();
        },
        weights: (told) => {
            if (!told) return;
            const {checkpoint, weights: packed} = JSON.parse(told);
            weights = {...readWeights(fromBase64(packed)), checkpoint};
            begun();
        },
    };
};
