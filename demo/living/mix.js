import {flips} from "./combine.js";
import {fill, make, part, percent, set, signed} from "./dom.js";

const NARROW = 0.2; // of the strip: a label would not be read; the sentence below names it

/** Lay out how loud face and scene are: two numbers, the slider, and which label wins where. */
export const mix = (words, act) => {
    const loud = Object.fromEntries(["face", "scene"].map((side) => [side, make("strong")]));
    const sides = make("div", {class: "loud"}, ...Object.entries(loud).map(([side, number]) => make("div", {class: side},
        make("span", {textContent: words[side]}), number)));
    const scores = Object.fromEntries(["face", "scene"].map((side) => [side, make("dd")]));
    const sums = make("dl", {class: "sums", title: words.asks_gloss}, ...Object.entries(scores).flatMap(([side, score]) => [
        make("dt", {class: `of-${side}`, textContent: words[`asks_${side}`]}), score]));
    const slider = make("input", {
        type: "range", role: "slider", min: 0, max: 1, step: "any", "aria-label": words.slider,
        oninput: () => act.weigh(Number(slider.value)),
    });
    const own = make("span", {class: "own", "aria-hidden": "true"});
    const track = make("div", {class: "track"}, slider, own);
    const ownSaid = make("p", {class: "own-said"});
    const segments = make("div", {class: "segments", title: words.segments_gloss, "aria-hidden": "true"});
    const said = make("p", {class: "flips"});
    const back = make("button", {type: "button", textContent: words.back, onclick: () => act.weigh(null)});
    const {gloss, element} = part("mix", 3, words.mix, sides, track, ownSaid, sums,
        make("p", {class: "name", textContent: words.segments, title: words.segments_gloss}), segments, said,
        make("div", {class: "buttons"}, back));
    set(gloss, {textContent: words.mix_gloss});
    let head = null;

    /** What a drag moves at every frame. */
    const move = ({outcome: {fusion_weights: [face, scene]}}) => {
        if (Number(slider.value) !== face) slider.value = face;
        const value = fill(words.slider_value, {face: percent(face), scene: percent(scene)});
        set(slider, {"aria-valuetext": value, "aria-valuenow": face, "aria-valuemin": 0, "aria-valuemax": 1});
        track.style.setProperty("--face", face);
    };
    const show = ({weights, walk, outcome, wFace}) => {
        outcome.fusion_weights.forEach((weight, i) => set(Object.values(loud)[i], {textContent: percent(weight)}));
        for (const marked of [track, ownSaid]) marked.style.setProperty("--own", outcome.learned_weights[0]);
        set(ownSaid, {textContent: fill(words.own, {face: percent(outcome.learned_weights[0])})});
        set(back, {disabled: wFace === null});
        if (head?.face === outcome.head.face && head?.scene === outcome.head.scene) return; // only the slider moved
        head = outcome.head;
        outcome.fusion_scores.forEach((score, i) => set(Object.values(scores)[i], {textContent: fill(words.asks, {
            score: signed(score), share: percent(outcome.learned_weights[i]),
        })}));
        showFlips(flips(weights, outcome), outcome.label, walk.class_names);
    };

    const showFlips = (found, label, names) => {
        const starts = [{from: 0, label: found.length ? found[0].before : label},
            ...found.map(({w_face, after}) => ({from: w_face, label: after}))];
        segments.replaceChildren(...starts.map(({from, label: index}, i) => {
            const share = (starts[i + 1]?.from ?? 1) - from;
            const part = make("span", {textContent: share < NARROW ? "" : names[index], title: names[index]});
            part.style.flexGrow = share;
            return part;
        }));
        const labels = found.map(({before, after, w_face}) => fill(words.flip, {
            before: names[before], after: names[after], face: percent(w_face),
        }));
        const sentence = found.length ? words.flips : words.no_flips;
        set(said, {textContent: fill(sentence, {labels: labels.join(", "), label: names[label]})});
    };
    return {element, move, show};
};
