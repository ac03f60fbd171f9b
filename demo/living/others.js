import {fill, make, set} from "./dom.js";

// Whose face and whose scene: those of this photo's other people, and of the examples.

/** Lay out both choices; what is chosen goes to `act`. */
export const others = (words, act) => {
    const choices = Object.fromEntries(["face", "scene"].map((side) => {
        const choice = make("select", {"aria-label": words[`whose_${side}`]});
        choice.onchange = () => act.swap(side, choice.value || null);
        return [side, choice];
    }));
    const rows = Object.entries(choices).map(([side, choice]) => make("label", {class: `of-${side}`},
        make("span", {textContent: words[`whose_${side}`]}), choice));
    const element = make("div", {class: "whose"},
        make("span", {class: "name", textContent: words.whose, title: words.whose_gloss}), ...rows);
    let known = null;

    const show = ({inputs, whose}) => {
        for (const [side, choice] of Object.entries(choices)) {
            if (known !== inputs) {
                const own = make("option", {value: "", textContent: fill(words[`own_${side}`], inputs)});
                const there = inputs.others.filter(({only}) => !only || only === side);
                choice.replaceChildren(own, ...there.map(({id, name}) => make("option", {value: id, textContent: name})));
            }
            const chosen = whose[side] ?? "";
            if (choice.value !== chosen) choice.value = chosen;
        }
        set(element, {hidden: inputs.others.length === 0});
        known = inputs;
    };
    return {element, show};
};
