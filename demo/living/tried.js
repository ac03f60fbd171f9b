import {exact, fill, make, percent, set} from "./dom.js";
import {EVEN} from "./spread.js";

// What was tried: one small step after the other, to go back to.

/** Return what is not the network's own, in words. */
export const changes = (words, {removed, spread, wFace, blanked, faded, whose, outcome, inputs}) => {
    const named = (id) => inputs.others.find((other) => other.id === id)?.name ?? words.gone;
    return [
        whose.face && fill(words.changed_face_of, {name: named(whose.face)}),
        whose.scene && fill(words.changed_scene_of, {name: named(whose.scene)}),
        faded && !blanked.face && words[`changed_${faded.kind}`],
        blanked.face && words.changed_face,
        blanked.scene && words.changed_scene,
        spread && words[spread === EVEN ? "changed_even" : "changed_shuffled"],
        removed.size && fill(words.changed_cells, {count: removed.size, cells: outcome.attention.length}),
        wFace !== null && fill(words.changed_weight, {face: percent(wFace)}),
    ].filter(Boolean);
};

/** Lay out the strip; where a visitor goes back to goes to `act`. */
export const tried = (words, act) => {
    const list = make("ol", {class: "steps"});
    const undo = make("button", {type: "button", textContent: words.undo, onclick: () => act.go(-1)});
    const hint = make("p", {class: "hint", textContent: words.tried_hint});
    const element = make("div", {class: "tried"},
        make("div", {class: "line"}, make("span", {class: "name", textContent: words.tried}), make("div", {class: "buttons"}, undo)),
        hint, list);
    const items = new Map();
    let laid = null;

    const itemOf = (step) => {
        if (!items.has(step)) items.set(step, item(() => act.goTo(step)));
        return items.get(step);
    };
    const show = ({steps, at, outcome, walk, images, things, blanked}) => {
        const more = laid !== steps;
        if (more) {
            for (const step of items.keys()) if (!steps.includes(step)) items.delete(step);
            list.replaceChildren(...steps.map((step) => itemOf(step).element));
            laid = steps;
        }
        const [label, share] = [walk.class_names[outcome.label], outcome.probabilities[outcome.label]];
        itemOf(steps[at]).show(things.join(", ") || words.tried_first, `${label} ${exact(share)}`, images, blanked, outcome.fusion_weights[0]);
        steps.forEach((step, i) => set(itemOf(step).button, {"aria-current": i === at ? "step" : null}));
        set(undo, {disabled: at === 0});
        set(hint, {hidden: steps.length > 1});
        set(list, {hidden: steps.length === 1});
        if (more) list.scrollTo(list.scrollWidth, list.scrollHeight); // to what was tried last
    };
    return {element, show};
};

/** One step: both inputs, how they were mixed, what was changed, and what came of it. */
const item = (onclick) => {
    const [face, scene] = [make("img", {alt: ""}), make("img", {alt: ""})];
    const mixed = make("i");
    const [what, result] = [make("span", {class: "what"}), make("strong")];
    const button = make("button", {type: "button", onclick},
        make("span", {class: "thumbs", "aria-hidden": "true"}, face, scene, mixed), make("span", {class: "words"}, result, what));
    const show = (things, answer, images, blanked, wFace) => {
        set(face, {src: images.face, class: blanked.face ? "blank" : null});
        set(scene, {src: images.scene, class: blanked.scene ? "blank" : null});
        mixed.style.setProperty("--face", wFace);
        set(what, {textContent: things, title: things});
        set(result, {textContent: answer});
    };
    return {element: make("li", {}, button), button, show};
};
