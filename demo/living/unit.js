import {copier} from "./copy.js";
import {fill, make, set, signed} from "./dom.js";

// One hidden unit of the bench in numbers, and all of them to be copied.
const STEPS = ["face", "cell", "sum", "relu", "norm", "hidden", "terms"];

/** Lay out the zoom into one unit. */
export const unit = (words) => {
    const slider = make("input", {type: "range", min: 1, step: 1, value: 1, "aria-label": words.unit, oninput: () => tell()});
    const said = make("p", {class: "arithmetic"});
    const copy = copier(words, {label: words.copy, gloss: words.copy_gloss}, () => [
        ["unit", ...STEPS], ...Array.from(steps.sum, (_, at) => [at + 1, ...STEPS.map((name) => steps[name][at])]),
    ]);
    const element = make("div", {class: "unit"}, make("span", {class: "name", textContent: words.unit, title: words.unit_gloss}),
        make("div", {class: "track"}, slider), said, copy.element);
    let [steps, weight] = [null, null];

    const tell = () => {
        const at = Number(slider.value) - 1;
        const values = Object.fromEntries(STEPS.map((name) => [name, signed(steps[name][at])]));
        set(said, {textContent: fill(words.unit_said, {...values, unit: at + 1, weight: signed(weight[at])})});
        set(slider, {"aria-valuetext": String(at + 1)});
        slider.parentElement.style.setProperty("--face", (at + 1) / steps.sum.length);
        copy.forget();
    };
    /** Show a cell's bench. */
    const show = (bench, scorer) => {
        [steps, weight] = [bench, scorer.score.weight];
        set(slider, {max: bench.sum.length});
        tell();
    };
    return {element, show};
};
