import {clear} from "./clear.js";
import {draw, fill, make, part, percent, set} from "./dom.js";
import {EVEN, seedOf} from "./spread.js";

// What goes in, and where the network looks: the face, the scene in cells, threads from the cells to their sum.
// The stage is 100 wide and 76 high; the scene is the square on its left.
const SCENE = 76;
const SUM = {x: 91, y: 50, radius: 5.5};
const FACE_MIDDLE = 9;
const LEAST = 0.35; // of the drawing is left when the scene counts nothing
const STEPS = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};

/** Lay out the part; what a visitor does goes to `act`. */
export const look = (words, act) => {
    const image = make("img", {alt: "", class: "scene-image"});
    const shades = make("div", {class: "shades fading", "aria-hidden": "true"});
    const grid = make("div", {role: "grid", class: "cells"});
    const face = make("img", {alt: words.face});
    // The threads fade as a whole, and so do the shades: a hundred small ones would take a frame each time.
    const [threads, rails] = ["threads fading", "threads"].map((name) => (
        draw("svg", {viewBox: `0 0 100 ${SCENE}`, class: name, "aria-hidden": "true"})
    ));
    const stage = make("div", {class: "stage"},
        make("div", {class: "scene"}, image, shades, grid),
        make("figure", {class: "face"}, face, make("figcaption", {textContent: words.face})),
        make("div", {class: "sum", title: words.sum_gloss, textContent: words.sum}),
        threads, rails,
    );
    const told = make("p", {class: "told"});
    const remove = make("button", {type: "button", onclick: () => act.toggle()});
    const blank = Object.fromEntries(["face", "scene"].map((side) => [side, make("button", {
        type: "button", textContent: words[`blank_${side}`], onclick: () => act.blank(side),
    })]));
    const buttons = make("div", {class: "buttons"}, remove, blank.face, blank.scene);
    const attend = attention(words, act);
    const clearness = clear(words, act);
    const {gloss, element} = part("look", 1, words.look, stage, told, attend.element, clearness.element, buttons);
    let [cells, pressed, drawn] = [[], null, {}];

    const cellOf = (event) => cells.findIndex(({button}) => button === event.target.closest("button"));
    const move = (event, [rows, columns]) => {
        const step = STEPS[event.key];
        if (event.key !== " " && !step) return;
        event.preventDefault();
        const at = cellOf(event);
        if (!step) return void act.toggle(at);
        const row = Math.min(rows - 1, Math.max(0, Math.floor(at / columns) + step[0]));
        const column = Math.min(columns - 1, Math.max(0, (at % columns) + step[1]));
        cells[row * columns + column].button.focus();
    };

    /** Make the cells anew for a grid of another size. */
    const lay = (shape) => {
        const [rows, columns] = shape;
        cells = Array.from({length: rows * columns}, (_, index) => {
            const [x, y] = [((index % columns) + 0.5) / columns, (Math.floor(index / columns) + 0.5) / rows];
            const button = make("button", {
                type: "button", role: "gridcell",
                // The cell that has been chosen is removed by a click, and put back.
                onpointerdown: () => { pressed = button === document.activeElement ? button : null; },
                onclick: () => (pressed === button ? act.toggle(index) : act.select(index)),
                onfocus: () => act.select(index),
                onpointerenter: () => act.light(index), onpointerleave: () => act.light(null),
            });
            return {button, shade: make("i"), thread: draw("path", {d: curve(x * SCENE, y * SCENE)})};
        });
        const lines = Array.from({length: rows}, (_, row) => make("div", {role: "row"},
            ...cells.slice(row * columns, (row + 1) * columns).map(({button}) => button)));
        grid.replaceChildren(...lines);
        shades.replaceChildren(...cells.map(({shade}) => shade));
        for (const part of [grid, shades]) part.style.setProperty("--columns", columns);
        set(grid, {"aria-label": fill(words.grid, {rows, columns}), onkeydown: (event) => move(event, shape)});
        rails.replaceChildren(...[["face", FACE_MIDDLE], ["scene", SUM.y]].map(([side, y]) => draw("path", {
            class: `rail of-${side}`, d: `M${side === "face" ? 101.5 : SUM.x + SUM.radius + 1.5} ${y}H104m-1.4 -1.4l1.4 1.4l-1.4 1.4`,
        })));
        threads.replaceChildren(...cells.map(({thread}) => thread));
    };

    const showCells = ({outcome, removed, cell, lit}, columns) => {
        const now = {cells, attention: outcome.attention, removed, cell, lit};
        if (Object.entries(now).every(([name, value]) => drawn[name] === value)) return; // only the slider moved
        drawn = now;
        const peak = Math.max(...outcome.attention);
        cells.forEach(({button, shade, thread}, index) => {
            const [share, gone] = [outcome.attention[index], removed.has(index)];
            const place = {row: Math.floor(index / columns) + 1, column: (index % columns) + 1};
            const state = `${gone ? " gone" : ""}${index === lit ? " lit" : ""}`;
            set(button, {
                class: `cell${state}`, tabindex: index === cell ? 0 : -1, "aria-selected": String(index === cell),
                "aria-label": fill(gone ? words.cell_removed : words.cell, {...place, share: percent(share)}),
            });
            shade.style.opacity = gone ? 0 : (0.85 * share / peak).toFixed(3);
            set(thread, {class: `thread${state}${index === cell ? " chosen" : ""}`});
            thread.style.opacity = gone ? 0 : index === lit || index === cell ? 1 : (0.12 + 0.78 * share / peak).toFixed(3);
            thread.style.strokeWidth = Math.max(0.12 + 7 * share, index === lit ? 0.6 : 0).toFixed(3);
        });
    };
    const show = (view) => {
        const {images, walk, outcome, blanked, removed, cell, lit} = view;
        clearness.show(view);
        attend.show(view);
        const [rows, columns] = walk.attention.shape;
        if (cells.length !== rows * columns) lay(walk.attention.shape);
        set(gloss, {textContent: fill(words.look_gloss, {rows, columns})});
        set(image, {src: images.scene, class: `scene-image${blanked.scene ? " blank" : ""}`});
        set(face, {src: images.face, class: blanked.face ? "blank" : null});
        const heard = outcome.fusion_weights[1];
        const faded = (LEAST + (1 - LEAST) * Math.sqrt(heard)).toFixed(4); // as the scene counts less
        for (const part of [shades, threads]) part.style.opacity = faded;
        showCells(view, columns);
        const at = lit ?? cell;
        const values = {
            row: Math.floor(at / columns) + 1, column: (at % columns) + 1, share: percent(outcome.attention[at]),
            times: (outcome.attention[at] * cells.length).toFixed(1), scene: percent(heard),
        };
        set(told, {textContent: fill(removed.has(at) ? words.told_removed : words.told, values)});
        const last = !removed.has(cell) && removed.size === cells.length - 1;
        set(remove, {
            textContent: removed.has(cell) ? words.put_back : words.remove, disabled: last,
            title: last ? words.last_cell : null,
        });
        for (const [side, button] of Object.entries(blank)) set(button, {"aria-pressed": String(blanked[side])});
    };
    return {element, show};
};

/** Four ways to attend: the network's own, its strongest cell alone, all cells alike, its own values elsewhere. */
const attention = (words, act) => {
    const button = (name, onclick) => make("button", {
        type: "button", textContent: words[`attend_${name}`], title: words[`attend_${name}_gloss`], onclick,
    });
    const all = button("all", () => act.spread(null));
    const strongest = button("strongest", () => act.strongest());
    const even = button("even", () => act.spread(EVEN));
    const shuffled = button("shuffled", () => act.shuffle());
    const element = make("div", {class: "attend", role: "group", "aria-label": words.attend},
        make("span", {class: "name", textContent: words.attend, title: words.attend_gloss}),
        make("div", {class: "buttons"}, all, strongest, even, shuffled));
    const show = ({spread, removed, outcome}) => {
        const only = spread === null && removed.size === outcome.attention.length - 1;
        const pressed = [[all, spread === null && !removed.size], [strongest, only && isStrongest(removed, outcome)],
            [even, spread === EVEN], [shuffled, seedOf(spread) !== null]];
        for (const [each, is] of pressed) set(each, {"aria-pressed": String(is)});
    };
    return {element, show};
};

const isStrongest = (removed, {attention_scores: scores}) => !removed.has(scores.indexOf(Math.max(...scores)));

const curve = (x, y) => {
    const end = SUM.x - SUM.radius;
    const middle = (x + end) / 2;
    return `M${x.toFixed(2)} ${y.toFixed(2)}C${middle.toFixed(2)} ${y.toFixed(2)} ${middle.toFixed(2)} ${SUM.y} ${end} ${SUM.y}`;
};
