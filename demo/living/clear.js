import {fill, make, percent, set} from "./dom.js";

// How clear the face is: what is done to it, how much, and what that does to the two weights.
const LONGEST = 25; // words of a sentence

/** Lay out the control; what a visitor does goes to `act`. */
export const clear = (words, act) => {
    const kinds = make("select", {"aria-label": words.clear_kind});
    const slider = make("input", {type: "range", min: 0, step: 1, value: 0, "aria-label": words.clear});
    const track = make("div", {class: "track"}, slider);
    const now = make("span", {class: "amount"});
    const said = make("p", {class: "clear-said", "aria-live": "polite"});
    const label = make("span", {class: "name", textContent: words.clear, title: words.clear_gloss});
    const element = make("div", {class: "clear"}, make("div", {class: "line"}, label, kinds), track, now, said);
    const tell = () => act.clear(kinds.value, Number(slider.value));
    set(slider, {oninput: tell});
    kinds.onchange = tell;
    let steps = null;

    const lay = (all) => {
        steps = all;
        kinds.replaceChildren(...Object.keys(all).map((kind) => make("option", {value: kind, textContent: words[`clear_${kind}`]})));
        set(slider, {max: Object.values(all)[0].length});
    };
    const amount = ({kind, step}) => {
        const left = steps[kind][step - 1];
        return fill(words[`clear_${kind}_amount`], {amount: kind === "size" ? left : percent(left)});
    };
    const compared = ({walk, outcome, plain, faded, wFace}) => {
        const [before, after] = [plain, outcome].map(({learned_weights: [, scene]}) => percent(scene));
        const [from, to] = [plain, outcome].map(({label}) => walk.class_names[label]);
        const counts = before === after ? words.clear_same : words.clear_turned;
        return short(fill(wFace === null ? words.clear_said : words.clear_said_forced, {
            how: amount(faded), counts: fill(counts, {before, after}),
            label: fill(from === to ? words.clear_stays : words.clear_flipped, {from, to}),
        }));
    };
    const show = (view) => {
        const {inputs, clear: wanted, faded, blanked, failed} = view;
        if (steps !== inputs.steps) lay(inputs.steps);
        const step = wanted?.step ?? 0;
        if (wanted && kinds.value !== wanted.kind) kinds.value = wanted.kind;
        if (Number(slider.value) !== step) slider.value = step;
        const value = wanted ? amount(wanted) : words.clear_none;
        set(slider, {"aria-valuetext": value, disabled: blanked.face});
        kinds.disabled = blanked.face;
        track.style.setProperty("--face", step / slider.max);
        set(now, {textContent: value});
        const sentence = faded ? compared(view) : words.clear_hint;
        set(said, {textContent: failed ?? (blanked.face ? words.clear_blank : sentence)});
    };
    return {element, show};
};

/** Say what would be too long a sentence in two. */
const short = (said) => (said.split(" ").length > LONGEST
    ? said.replace(/; (.)/, (_, first) => `. ${first.toUpperCase()}`) : said);
