import {combine, fromBase64, readFace, readWalk, readWeights, reweigh} from "./combine.js";
import {address} from "./address.js";
import {answer} from "./answer.js";
import {ask} from "./ask.js";
import {asker} from "./asker.js";
import {exact, fill, make, set} from "./dom.js";
import {blocks} from "./blocks.js";
import {history} from "./history.js";
import {fromParams, UNTOUCHED} from "./linked.js";
import {look} from "./look.js";
import {mix} from "./mix.js";
import {others} from "./others.js";
import {photo} from "./photo.js";
import {seedOf, spread} from "./spread.js";
import {tour} from "./tour.js";
import {changes, tried} from "./tried.js";

const PLACES = ["photo", "whose", "look", "clear", "ask", "mix", "answer"]; // that the tour is about
const SETTINGS = Object.keys(UNTOUCHED); // what a step of the history holds
const GUEST = "photo."; // how the ids of people of other photos begin
const FACES = 60; // at most so many less clear ones are kept
const PAUSE = 120; // milliseconds between words while something is dragged: nobody reads sixty sentences a second
const nameOf = ({kind, step}, whose) => `${kind}.${step} ${whose}`;

/**
 * Lay out the picture in an element.
 * @param {HTMLElement} root
 * @param {Record<string, string>} words
 * @param {{wanted: () => void, clearness: (question: object) => void, other: (question: object) => void}} server
 *     `wanted` asks for the weights of the checkpoint whose face is shown, `clearness` for a face less clear, `other`
 *     for another person's walk
 * @returns {Record<"face" | "weights" | "clearness" | "other" | "others", (told: string) => void>} take what the server tells, as
 *     JSON
 */
export const begin = (root, words, server) => {
    let [sent, weights, state, tries, looked, frame] = [null, null, null, null, null, 0];
    let [settled, said, later] = [true, 0, 0]; // whether a frame is more than a step of a drag; when words were last written
    let [faces, faded, walks] = [new Map(), null, new Map()]; // less clear faces, the one shown, others' walks
    const asked = asker(server.clearness);
    const link = address();

    const change = (what, gliding = false) => {
        if (!state) return;
        Object.assign(state, what);
        settled ||= !gliding;
        frame ||= requestAnimationFrame(show); // however much changes, it is drawn once a frame
    };
    /** Change what the network is given, as a step that can be gone back to. */
    const try_ = (kind, what) => {
        if (!state) return;
        change({...what, failed: null, touched: true}, kind === "weigh");
        tries.add(kind, settings());
        fetch();
    };
    const goTo = (index) => {
        change({...tries.go(index), failed: null, touched: true});
        fetch();
    };
    const settings = () => Object.fromEntries(SETTINGS.map((name) => [name, state[name]]));
    /** Ask for what is set and not known yet. */
    const fetch = () => {
        const {clear, whose, inputs: {key}} = state;
        for (const id of Object.values(whose)) {
            if (!id || walks.has(id)) continue;
            walks.set(id, null); // on its way
            server.other({id, key});
        }
        if (clear && !faces.has(nameOf(clear, whose.face))) asked.ask({...clear, whose: whose.face, key});
    };
    const act = {
        select: (cell) => change({cell, lit: null}),
        light: (lit) => change({lit}),
        weigh: (wFace) => try_("weigh", {wFace}),
        /** Replace the attention; null: the network's own, all of it. */
        spread: (how) => try_("spread", {spread: how, removed: new Set()}),
        shuffle: () => act.spread(`shuffled.${(seedOf(state.spread) ?? 0) + 1}`),
        strongest: () => {
            const scores = looked.outcome.attention_scores;
            const best = scores.indexOf(Math.max(...scores));
            try_("spread", {spread: null, removed: new Set([...scores.keys()].filter((cell) => cell !== best))});
        },
        blank: (side) => try_("blank", {blanked: {...state.blanked, [side]: !state.blanked[side]}}),
        clear: (kind, step) => try_("clear", {clear: step ? {kind, step} : null}),
        swap: (side, id) => try_("swap", {whose: {...state.whose, [side]: id}}),
        set: (settings, cell = state.cell) => {
            change({cell, lit: null});
            if (Object.keys(settings).length) try_("set", {...UNTOUCHED, ...settings});
            else goTo(0);
        },
        reset: () => state && goTo(0),
        go: (by) => state && goTo(tries.at() + by),
        goTo: (step) => state && goTo(tries.steps().indexOf(step)),
        toggle: (cell = state.cell) => {
            const removed = new Set(state.removed);
            if (!removed.delete(cell)) removed.add(cell);
            if (removed.size < state.own.attention.length) try_("remove", {removed});
        },
    };
    const beside = [others(words, act), tried(words, act)];
    const start = photo(words, beside.map(({element}) => element));
    const parts = [look(words, act), ask(words), mix(words, act), answer(words, act)];
    const rails = blocks(words);
    const lead = make("p", {class: "lead"});
    const now = make("p", {class: "now", "aria-hidden": "true"}); // where cause and effect are on one screen only so
    const flow = make("div", {class: "flow"}, ...parts.map(({element}) => element));
    flow.lastChild.before(now);
    const title = make("div", {class: "line"}, make("h2", {textContent: words.title}));
    root.replaceChildren(title, lead, start.element, flow, rails.element);
    const guide = tour(words, act, Object.fromEntries(PLACES.map((name) => [name, root.querySelector(`.${name}`)])));
    title.append(guide.start);
    root.append(guide.element);

    /** Ask the network anew only if what it is given has changed. */
    const lookAgain = ({walk, removed, spread: how, blanked, whose}) => {
        const of = (side) => (blanked[side] ? weights.blank : (walks.get(whose[side]) ?? walk))[side];
        const [clear, scene] = [of("face"), of("scene")];
        const face = faded && !blanked.face ? faded.face : clear;
        const now = {clear, scene, face, removed, how};
        if (looked && Object.entries(now).every(([name, value]) => looked[name] === value)) return looked;
        const at = (face) => {
            const forced = removed.size ? {face, scene, removed} : {face, scene};
            if (how) forced.attention = spread(how, combine(weights, walk, {face, scene}).attention);
            return combine(weights, walk, forced);
        };
        const outcome = at(face);
        return {...now, outcome, plain: face === clear ? outcome : at(clear)};
    };
    const show = () => {
        frame = 0;
        if (!state) return null; // another face is on its way
        const {clear, whose, wFace, inputs, walk} = state;
        faded = clear && (faces.get(nameOf(clear, whose.face)) ?? faded);
        looked = lookAgain(state);
        const weighed = (outcome) => (wFace === null ? outcome : reweigh(weights, outcome, wFace));
        const [outcome, plain] = [looked.outcome, looked.plain].map(weighed);
        const images = {
            face: faded?.image ?? walks.get(whose.face)?.images.face ?? inputs.face,
            scene: walks.get(whose.scene)?.images.scene ?? inputs.scene,
        };
        const view = {
            ...state, weights, faded, outcome, plain, images, face: looked.face, scene: looked.scene,
            steps: tries.steps(), at: tries.at(), loaded: (id) => Boolean(walks.get(id)),
            walks: {face: walks.get(whose.face) ?? walk, scene: walks.get(whose.scene) ?? walk},
        };
        view.things = changes(words, view);
        for (const {move} of parts) move?.(view);
        guide.show(view);
        if (!settled && performance.now() - said < PAUSE) {
            later ||= setTimeout(change, PAUSE, {});
            return view;
        }
        clearTimeout(later);
        [settled, said, later] = [false, performance.now(), 0];
        for (const {show: showPart} of [start, ...beside, ...parts, rails]) showPart(view);
        const best = exact(outcome.probabilities[outcome.label]);
        set(now, {textContent: `${walk.class_names[outcome.label]} ${best}`});
        link.follow(settings(), inputs, walk.attention.shape[1], state.touched);
        return view;
    };

    const begun = () => {
        const told = sent && JSON.parse(sent);
        const hidden = !told?.walk || weights?.checkpoint !== told.checkpoint;
        for (const part of [start.element, flow, rails.element, guide.start]) set(part, {hidden});
        set(lead, {textContent: told?.said ?? fill(words.lead, {number: told?.number ?? ""})});
        [state, looked, faces, faded, walks, settled] = [null, null, new Map(), null, new Map(), true];
        asked.forget();
        if (!told?.walk) return;
        if (weights?.checkpoint !== told.checkpoint) return void server.wanted();
        const walk = readWalk(weights, fromBase64(told.walk));
        const own = combine(weights, walk);
        const cell = own.attention.indexOf(Math.max(...own.attention));
        tries = history(UNTOUCHED);
        state = {walk, own, inputs: told, cell, lit: null, failed: null, touched: false, ...UNTOUCHED};
        const linked = link.begin(told, walk.attention.shape);
        const view = show();
        if (linked !== UNTOUCHED) {
            change(linked);
            tries.add("linked", linked);
            fetch();
        }
        guide.begin(view);
    };
    /** Take an answer in, if it is about the face that is shown. */
    const take = (told, keep) => {
        const answered = told && JSON.parse(told);
        if (!answered || !state) return;
        if (answered.said) change({failed: answered.said});
        else keep(answered);
        change({});
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
        clearness: (told) => {
            const question = told && asked.answered(JSON.parse(told).turn);
            if (!question) return;
            take(told, ({mean, image}) => {
                const face = readFace(weights, new Float32Array(fromBase64(mean).buffer));
                if (faces.size === FACES) faces.delete(faces.keys().next().value);
                faces.set(nameOf(question, question.whose), {...question, face, image});
            });
        },
        others: (told) => {
            const {key, others: there} = told ? JSON.parse(told) : {};
            if (!state || key !== state.inputs.key) return;
            for (const id of walks.keys()) if (id.startsWith(GUEST)) walks.delete(id); // it may be another's by now
            const left = (id) => (there.some((other) => other.id === id) ? id : null);
            const whose = {face: left(state.whose.face), scene: left(state.whose.scene)};
            change({inputs: {...state.inputs, others: there}, whose});
            fetch();
        },
        /** Set what an address would ask for, on the face with this key. */
        try: ({settings: asked, key}) => {
            if (!state || key !== state.inputs.key) return;
            const {walk: {attention: {shape}}, inputs: {steps, others}} = state;
            act.set(fromParams(new URLSearchParams(asked), {shape, steps, others}));
            const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
            root.scrollIntoView({block: "start", behavior: calm ? "auto" : "smooth"});
        },
        other: (told) => take(told, ({id, key, walk, face, scene}) => {
            if (key === state.inputs.key) walks.set(id, {...readWalk(weights, fromBase64(walk)), images: {face, scene}});
        }),
    };
};
