import {combine, flips, switchingUnits} from "./combine.js";
import {exact, fill, make, percent, set, signed} from "./dom.js";

// A tour of nine steps: each changes something, says with this photo's numbers what came of it, and asks for more.
const PLACE = "glamor-tour"; // in the browser's storage: the step that was reached, or DONE
const DONE = "done";
const BLUR = {kind: "size", step: 6};

/**
 * Lay out the tour.
 * @param {Record<string, string>} words
 * @param {{set: (settings: object, cell?: number) => void}} act
 * @param {Record<string, HTMLElement>} places what each step is about, by name
 */
export const tour = (words, act, places) => {
    let [at, told, view] = [-1, null, null];
    const [count, text] = [make("span", {class: "count"}), make("p", {"aria-live": "polite"})];
    const button = (name, onclick) => make("button", {type: "button", textContent: words[`tour_${name}`], onclick});
    const [back, next, skip] = [button("back", () => go(at - 1)), button("next", () => go(at + 1)), button("skip", () => end())];
    next.className = "primary";
    const element = make("div", {
        class: "tour", role: "region", "aria-label": words.tour, hidden: true,
        onkeydown: (event) => {
            if (event.key === "Escape") end();
        },
    }, count, text, make("div", {class: "buttons"}, skip, back, next));
    const start = make("button", {type: "button", class: "start-tour", onclick: () => go(Number(stored()) - 1 || 0)});

    const go = (to, quietly = false) => {
        if (!view) return;
        if (to >= STEPS.length) return end();
        [at, told] = [Math.max(0, to), null];
        store(at + 1);
        link(at + 1);
        act.set(...STEPS[at].act(view));
        lay();
        if (quietly) return;
        next.focus({preventScroll: true});
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        const narrow = matchMedia("(max-width: 759px)").matches; // there a part is higher than what the tour leaves of the screen
        places[STEPS[at].on].scrollIntoView({block: narrow ? "start" : "center", behavior: calm ? "auto" : "smooth"});
    };
    const end = () => {
        store(at + 1 >= STEPS.length ? DONE : at + 1);
        at = -1;
        link(null);
        lay();
        start.focus({preventScroll: true});
    };
    const lay = () => {
        set(element, {hidden: at < 0});
        Object.entries(places).forEach(([name, place]) => place.classList.toggle("toured", STEPS[at]?.on === name));
        set(count, {textContent: fill(words.tour_count, {step: at + 1, steps: STEPS.length})});
        set(back, {disabled: at === 0});
        set(next, {textContent: at + 1 === STEPS.length ? words.tour_end : words.tour_next});
        const reached = stored();
        const known = Number(reached) > 1 ? fill(words.tour_on, {step: reached, steps: STEPS.length}) : words.tour_start;
        set(start, {textContent: reached === DONE ? words.tour_again : known, hidden: at >= 0});
    };
    lay();
    return {
        element, start,
        /** Say what this step shows, once it is there; later changes are the visitor's. */
        show: (now) => {
            view = now;
            if (at < 0) return;
            const {ready, say, done} = STEPS[at];
            if (!told && (ready?.(view) ?? true)) told = `${say(words, view)} ${words[`tour_${at + 1}_do`]}`;
            const filled = told && fill(told, {target: view.walk.class_names[target(view)]});
            set(text, {textContent: done?.(view) ? fill(words.tour_made, {label: view.walk.class_names[target(view)]}) : filled ?? words.tour_wait});
        },
        /** Begin where the page's address says, or go on with another face. */
        begin: (now) => {
            view = now;
            const asked = /^[1-9]$/.exec(new URLSearchParams(window.location.search).get("tour") ?? "");
            if (at >= 0) go(at, true);
            else if (asked) go(Number(asked[0]) - 1);
        },
    };
};

const alone = {}; // nothing is changed
const strongest = ({own}) => own.attention.indexOf(Math.max(...own.attention));
const label = ({walk, outcome}) => ({label: walk.class_names[outcome.label], share: exact(outcome.probabilities[outcome.label])});
const placeOf = (cell, [, columns]) => ({row: Math.floor(cell / columns) + 1, column: (cell % columns) + 1});

const STEPS = [
    {on: "photo", act: () => [alone], say: (words, view) => fill(words.tour_1, {number: view.inputs.number, ...label(view)})},
    {
        on: "look", act: (view) => [alone, strongest(view)],
        say: (words, {own, walk, cell}) => fill(words.tour_2, {
            ...placeOf(cell, walk.attention.shape), cells: own.attention.length,
            share: percent(own.attention[cell]), times: (own.attention[cell] * own.attention.length).toFixed(1),
        }),
    },
    {
        on: "ask", act: (view) => [alone, strongest(view)],
        say: (words, {weights, face, scene}) => {
            const units = switchingUnits(weights, face, scene);
            return fill(units.length ? words.tour_3 : words.not_asked, {units: units.length, count: units.filter(Boolean).length});
        },
    },
    {
        on: "mix", act: () => [alone],
        say: (words, {own}) => {
            const [[face, scene], [loud, quiet]] = [own.learned_weights, own.fusion_scores];
            return fill(words.tour_4, {face: percent(face), scene: percent(scene), loud: signed(loud), quiet: signed(quiet)});
        },
    },
    {
        on: "mix", act: () => [{wFace: 0}],
        say: (words, view) => fill(words.tour_5, {...label(view), count: flips(view.weights, view.outcome).length}),
    },
    {
        on: "clear", act: () => [{clear: BLUR}], ready: ({faded}) => faded?.kind === BLUR.kind && faded.step === BLUR.step,
        say: (words, {plain, outcome, inputs}) => {
            const [before, after] = [plain, outcome].map(({learned_weights: [, scene]}) => percent(scene));
            return fill(before === after ? words.tour_6_same : words.tour_6, {left: inputs.steps.size[BLUR.step - 1], before, after});
        },
    },
    {
        on: "answer", act: () => [{blanked: {face: true, scene: false}}],
        say: (words, view) => fill(words.tour_7, label(view)),
    },
    {
        on: "whose", act: ({inputs}) => [{whose: {face: null, scene: inputs.others[0].id}}],
        ready: ({inputs, loaded}) => loaded(inputs.others[0].id),
        say: (words, view) => fill(words.tour_8, {name: view.inputs.others[0].name, ...label(view)}),
    },
    {
        on: "answer", act: () => [alone],
        say: (words, view) => fill(words.tour_9, {share: exact(view.own.probabilities[target(view)])}),
        done: (view) => view.outcome.label === target(view),
    },
];

const targets = new WeakMap(); // by walk
const target = (view) => {
    if (!targets.has(view.walk)) targets.set(view.walk, targetOf(view));
    return targets.get(view.walk);
};
/** Return a label that is not the network's own: one that the slider reaches, if need be with a side blanked; Sad first. */
const targetOf = ({weights, walk, own}) => {
    const reached = [{}, {scene: weights.blank.scene}, {face: weights.blank.face}].flatMap((forced) => {
        const outcome = combine(weights, walk, forced);
        return [outcome.label, ...flips(weights, outcome).flatMap(({before, after}) => [before, after])];
    }).filter((found) => found !== own.label);
    const sad = walk.class_names.indexOf("Sad");
    if (reached.includes(sad)) return sad;
    const rest = Array.from(own.probabilities, (share, index) => (index === own.label ? -1 : share));
    return reached[0] ?? rest.indexOf(Math.max(...rest));
};

const link = (step) => {
    const address = new URL(window.location.href);
    if (step === null) address.searchParams.delete("tour");
    else address.searchParams.set("tour", step);
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
};
const stored = () => {
    try { return localStorage.getItem(PLACE); } catch { return null; }
};
const store = (place) => {
    try { localStorage.setItem(PLACE, place); } catch { /* this browser keeps nothing for pages */ }
};
