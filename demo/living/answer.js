import {copier} from "./copy.js";
import {exact, fill, make, part, set} from "./dom.js";

/** Lay out the seven probabilities, and what has changed against the network's own answer. */
export const answer = (words, act) => {
    const list = make("ul", {class: "answers"});
    const verdict = make("p", {class: "changes-label", role: "status"});
    const set_ = make("p", {class: "set", title: words.set_gloss});
    const changed = make("p", {class: "changed"});
    const reset = make("button", {type: "button", textContent: words.reset, onclick: () => act.reset()});
    const copy = copier(words, {label: words.copy_all, gloss: words.copy_all_gloss}, () => tableOf(shown));
    copy.element.prepend(reset);
    const {gloss, element} = part("answer", 4, words.answer, list, verdict, set_, changed, copy.element);
    set(gloss, {textContent: words.answer_gloss});
    let [rows, shown] = [[], null];

    const lay = (names) => {
        rows = names.map((name) => {
            const [fillBar, own, number] = [make("i"), make("u"), make("span")];
            const bar = make("b", {"aria-hidden": "true"}, fillBar, own);
            const element = make("li", {}, make("span", {textContent: name}), bar, make("span", {class: "number"}, number));
            return {name, own, number, fillBar, element};
        });
        list.replaceChildren(...rows.map(({element: row}) => row));
    };

    /** What a drag moves at every frame. */
    const move = ({walk: {class_names: names}, outcome}) => {
        if (names.some((name, i) => rows[i]?.name !== name)) lay(names);
        rows.forEach((row, index) => {
            const share = outcome.probabilities[index];
            set(row.element, {class: index === outcome.label ? "best" : null});
            set(row.number, {textContent: exact(share)});
            row.fillBar.style.backgroundSize = `${(share * 100).toFixed(3)}% 100%`; // painted only: nothing is laid out, no layer moves
        });
    };
    const show = (view) => {
        const {walk: {class_names: names}, outcome, own, things, inputs} = shown = view;
        copy.forget();
        rows.forEach((row, index) => (row.own.style.left = `${(own.probabilities[index] * 100).toFixed(2)}%`));
        const [before, after] = [names[own.label], names[outcome.label]];
        const moved = [own, outcome].map(({probabilities}) => exact(probabilities[own.label]));
        const sentence = own.label === outcome.label ? words.stays : words.flipped;
        set(verdict, {textContent: things.length ? fill(sentence, {before, after, from: moved[0], to: moved[1]}) : words.untouched});
        set(changed, {textContent: things.length ? fill(words.changed, {things: things.join(", ")}) : ""});
        set(set_, {textContent: things.length ? named(words, names, outcome.probabilities, inputs.ratios) : inputs.set});
        set(list, {class: `answers${things.length ? "" : " untouched"}`});
        set(reset, {disabled: things.length === 0});
    };
    return {element, move, show};
};

/** Return all that is computed here, in the order of the flow: what, of which cell, side or label, and how much. */
const tableOf = ({walk: {class_names: names, attention: {shape: [, columns]}}, outcome}) => {
    const place = (cell) => `row ${Math.floor(cell / columns) + 1}, column ${(cell % columns) + 1}`;
    const rows = (what, values, where) => Array.from(values, (value, i) => [what, where(i), value]);
    const [side, label] = [(i) => ["face", "scene"][i], (i) => names[i]];
    return [
        ["what", "where", "value"],
        ...rows("attention score", outcome.attention_scores, place), ...rows("attention", outcome.attention, place),
        ...rows("fusion score", outcome.fusion_scores, side), ...rows("fusion weight", outcome.fusion_weights, side),
        ...rows("logit", outcome.logits, label), ...rows("probability", outcome.probabilities, label),
    ];
};

/** Return which labels a changed answer's set names: those that reach their class's share of the highest probability. */
const named = (words, names, probabilities, ratios) => {
    if (!ratios) return "";
    const highest = Math.max(...probabilities);
    const held = [...names.keys()].filter((label) => probabilities[label] >= ratios[label] * highest)
        .sort((one, other) => probabilities[other] - probabilities[one] || one - other);
    if (held.length === names.length) return words.set_any;
    const quoted = held.map((label) => `“${names[label]}”`);
    const last = quoted.pop();
    return fill(quoted.length ? words.set_changed : words.set_alone, {labels: quoted.join(", "), last});
};
