import {bench, softmax, switchingUnits} from "./combine.js";
import {unit} from "./unit.js";
import {draw, exact, fill, make, part, set, signed} from "./dom.js";

// How one cell comes to its score: both halves of the scorer's hidden units, what each unit adds, and the softmax.
const HALF = 20; // of a chart's height

/** Lay out the part. */
export const ask = (words) => {
    const charts = Object.fromEntries(["face", "cell", "terms"].map((name) => [name, chart(words, name)]));
    const switching = make("p", {class: "switching", title: words.switching_gloss});
    const [score, share] = ["score", "share"].map(() => make("dd"));
    const sums = make("dl", {class: "sums"},
        make("dt", {textContent: words.score, title: words.score_gloss}), score,
        make("dt", {textContent: words.share, title: words.share_gloss}), share);
    const rows = Object.values(charts).map(({element}) => element);
    const zoom = unit(words);
    const {gloss, element} = part("ask", 2, words.ask, ...rows, switching, zoom.element, sums);
    let known = {};

    const show = ({weights, walk, outcome, face, scene, cell, removed, spread}) => {
        if (known.outcome?.attention === outcome.attention && known.cell === cell) return; // (only what is mixed has changed)
        if (known.face !== face || known.scene !== scene) known = {units: switchingUnits(weights, face, scene)};
        known = {...known, face, scene, cell, outcome};
        const steps = bench(weights, face, scene, cell);
        set(element, {class: `part ask${steps ? "" : " unasked"}`});
        const [row, column] = [Math.floor(cell / walk.attention.shape[1]) + 1, (cell % walk.attention.shape[1]) + 1];
        const units = known.units.length;
        set(gloss, {textContent: steps ? fill(words.ask_gloss, {units, row, column}) : words.not_asked});
        const reached = outcome.attention_scores[cell];
        const {largest, sum} = softmax(outcome.attention_scores.filter((_, index) => !removed.has(index)));
        const terms = {score: signed(reached), largest: signed(largest), sum: signed(sum), share: exact(outcome.attention[cell])};
        const how = removed.has(cell) ? words.share_removed : spread ? words.share_forced : words.share_term;
        set(score, {textContent: signed(reached)});
        set(share, {textContent: fill(how, terms)});
        if (!steps) return;
        const count = known.units.filter(Boolean).length;
        set(switching, {textContent: fill(words.switching, {units, count})});
        const reach = extent(steps.face, steps.cell);
        zoom.show(steps, weights.scorer);
        charts.face.show(steps.face, known.units, reach);
        charts.cell.show(steps.cell, known.units, reach);
        charts.terms.show(steps.terms, known.units, extent(steps.terms));
    };
    return {element, show};
};

const extent = (...rows) => Math.max(1e-9, ...rows.flatMap((row) => Array.from(row, Math.abs)));

/** A row of bars, up for more than 0 and down for less; those units come first that switch between cells. */
const chart = (words, name) => {
    const [telling, steady] = ["telling", "steady"].map((kind) => draw("path", {class: kind}));
    const band = draw("rect", {class: "band"});
    const svg = draw("svg", {preserveAspectRatio: "none", role: "img"}, band, draw("path", {class: "zero"}), telling, steady);
    const label = make("p", {class: "name", textContent: words[`ask_${name}`], title: words[`ask_${name}_gloss`]});
    const show = (values, units, reach) => {
        const order = [...units.keys()].sort((one, other) => units[other] - units[one] || one - other);
        const parts = {true: "", false: ""};
        order.forEach((unit, place) => {
            const height = (values[unit] / reach) * (HALF - 1);
            parts[units[unit]] += `M${place + 0.5} ${HALF}v${(-height).toFixed(2)}`;
        });
        set(svg, {viewBox: `0 0 ${units.length} ${2 * HALF}`});
        set(svg, {"aria-label": `${words[`ask_${name}`]}: ${fill(words.ask_chart, {count: units.length})}`});
        set(band, {width: units.filter(Boolean).length, height: 2 * HALF});
        set(band.nextSibling, {d: `M0 ${HALF}H${units.length}`});
        set(telling, {d: parts.true});
        set(steady, {d: parts.false});
    };
    return {element: make("div", {class: `bars of-${name}`}, label, svg), show};
};
