// The network after its encoders, in plain functions: what a face's way through it comes to if something is forced.
//
// Says the same as glamor/explain/what_if.py and GLAMORNet.combine, to 1e-5. Needs no page and no server: give it the
// bytes of HeadWeights.to_bytes() and Walk.to_bytes(). What comes in these bytes keeps its Python names; cells are
// numbered row by row from 0. Nothing that is handed in is changed.

/**
 * @typedef {Float32Array | Float64Array | Uint8Array} Typed with `shape`, an array of its sides
 * @typedef {{weight: Typed, bias: Typed}} Dense
 * @typedef {{scale: Typed, shift: Typed}} Affine
 * @typedef {object} Weights of glamor.explain.HeadWeights, and what black inputs come to
 * @property {{face: Typed, cell: Typed, bias: Typed, norm: Affine, score: Dense} | null} scorer
 * @property {Affine | null} face_norm
 * @property {Affine | null} context_norm
 * @property {Dense[]} face_score
 * @property {Dense[]} context_score
 * @property {Dense[]} head
 * @property {string[]} class_names
 * @property {number} temperature
 * @property {{face: Face, scene: Scene}} blank
 *
 * @typedef {object} Face all that a face does by itself
 * @property {Float64Array | null} half its half of the scorer's hidden units, the bias in it; null: it is not asked
 * @property {Float64Array} vector as it is weighed
 * @property {number} score how much it asks to be heard
 * @property {Float64Array} head its half of the head's hidden units at full weight, without the bias
 *
 * @typedef {object} Scene all that a scene does by itself
 * @property {Typed} cells (rows, columns, channels)
 * @property {Float64Array[] | null} halves each cell's half of the scorer's hidden units; null: scored without the face
 * @property {Typed} scores of the cells, where the scene alone says them
 *
 * @typedef {object} Walk of glamor.explain.Walk, with two things made ready
 * @property {Face} face
 * @property {Scene} scene
 *
 * @typedef {object} Forced what is set by hand; what is left out stays the network's own
 * @property {Iterable<number>} [removed] cells that lose their attention, the rest is made to add up to 1 again
 * @property {ArrayLike<number>} [attention] a map instead of the learned one, made to add up to 1
 * @property {number} [w_face] weight of the face in [0, 1], the scene has the rest
 * @property {Face} [face] another one: `weights.blank.face`, or that of another walk
 * @property {Scene} [scene] another one: `weights.blank.scene`, or that of another walk
 *
 * @typedef {object} Outcome names as in glamor.model.Trace and glamor.explain.Answer
 * @property {Float64Array} attention_scores
 * @property {Float64Array} attention sums to 1
 * @property {Float64Array} face_vector
 * @property {Float64Array} context_vector
 * @property {number[]} fusion_scores of face and scene
 * @property {number[]} learned_weights of face and scene, as the network chose them
 * @property {number[]} fusion_weights the same, or what was forced
 * @property {Float64Array} logits
 * @property {Float64Array} probabilities
 * @property {number} label index of the most probable class
 * @property {{face: Float64Array, scene: Float64Array}} head both halves of the head's hidden units at full weight
 */

const ROUNDING = 1e-6; // a map that adds up to 1 but for this is taken as it is, as Python takes it
const TYPES = {F32: Float32Array, F64: Float64Array, U8: Uint8Array};

/** Return the bytes of base64 text. @param {string} text */
export const fromBase64 = (text) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text); // by the browser itself, where it is not years old
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
};

/** Read what glamor.explain.pack wrote: a tree of plain values and typed arrays. @param {Uint8Array} bytes */
export const unpack = (bytes) => {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const {__metadata__: {about}, ...arrays} = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const tree = JSON.parse(about);
    for (const [place, {dtype, shape, data_offsets: [from, to]}] of Object.entries(arrays)) {
        const numbers = new TYPES[dtype](bytes.slice(8 + length + from, 8 + length + to).buffer);
        const steps = place.split(".");
        const name = steps.pop();
        steps.reduce((branch, step) => branch[step], tree)[name] = Object.assign(numbers, {shape});
    }
    return tree;
};

/** Return a checkpoint's weights, ready to be computed with. @param {Uint8Array} bytes @returns {Weights} */
export const readWeights = (bytes) => {
    const weights = unpack(bytes);
    const {face_mean, cells, attention_scores} = weights.blank;
    weights.blank = {face: readFace(weights, face_mean), scene: readScene(weights, cells, attention_scores)};
    return weights;
};

/** Return a face's walk, ready to be asked. @param {Weights} weights @param {Uint8Array} bytes @returns {Walk} */
export const readWalk = (weights, bytes) => {
    const walk = unpack(bytes);
    walk.face = readFace(weights, walk.face_mean);
    walk.scene = readScene(weights, walk.cells, walk.attention_scores);
    return walk;
};

/** Work out all that a face does. @param {Weights} weights @param {ArrayLike<number>} mean @returns {Face} */
export const readFace = (weights, mean) => {
    const {scorer, face_norm: norm, face_score, head} = weights;
    const vector = norm ? affine(norm, mean) : Float64Array.from(mean);
    return {
        half: scorer && product(scorer.face, mean).map((value, unit) => value + scorer.bias[unit]),
        vector,
        score: twoLayers(face_score, vector)[0],
        head: product(head[0].weight, vector),
    };
};

/** Work out all that a scene does by itself.
 * @param {Weights} weights @param {Typed} cells @param {Typed} scores that came with the cells @returns {Scene} */
export const readScene = ({scorer}, cells, scores) => {
    const channels = cells.shape[2];
    const each = (cell) => product(scorer.cell, cells.subarray(cell * channels, (cell + 1) * channels));
    return {cells, scores, halves: scorer && Array.from(scores, (_, cell) => each(cell))};
};

/** Attend, weigh and classify. @param {Weights} weights @param {Walk} walk @param {Forced} forced @returns {Outcome} */
export const combine = (weights, walk, forced = {}) => {
    const {face = walk.face, scene = walk.scene} = forced;
    const scores = scoreCells(weights, face, scene);
    const attention = forcedAttention(softmax(scores).shares, forced);
    const context = attended(weights, scene.cells, attention);
    const fusionScores = [face.score, twoLayers(weights.context_score, context)[0]];
    const learned = Array.from(softmax(fusionScores).shares);
    const head = {face: face.head, scene: product(weights.head[0].weight, context, face.vector.length)};
    const looked = {
        attention_scores: scores, attention, face_vector: face.vector, context_vector: context,
        fusion_scores: fusionScores, learned_weights: learned, head,
    };
    return forced.w_face === undefined ? answer(weights, looked, learned) : reweigh(weights, looked, forced.w_face);
};

/** Return the same at another weight of the face: only the head is asked again.
 * @param {Weights} weights @param {Outcome} outcome @param {number} wFace in [0, 1] @returns {Outcome} */
export const reweigh = (weights, outcome, wFace) => {
    if (!(wFace >= 0 && wFace <= 1)) throw new RangeError(`The weight of the face is ${wFace}; give one from 0 to 1.`);
    return answer(weights, outcome, [wFace, 1 - wFace]);
};

/**
 * Return every change of label while the face's weight goes from 0 to 1, in order. Exact but for rounding, not read off
 * a grid: between two weights at which a hidden unit of the head switches on or off, every logit is a straight line.
 * @param {Weights} weights @param {Outcome} outcome @returns {{w_face: number, before: number, after: number}[]}
 */
export const flips = (weights, outcome) => {
    const knots = Float64Array.from([0, 1, ...crossings(weights, outcome)]).sort();
    const logits = Array.from(knots, (wFace) => reweigh(weights, outcome, wFace).logits);
    const found = [];
    let leader = largest(logits[0]);
    for (let i = 0; i + 1 < knots.length; i++) {
        const rise = logits[i + 1].map((value, label) => value - logits[i][label]);
        let [along, after] = overtaking(logits[i], rise, leader, 0);
        for (; along < 1; [along, after] = overtaking(logits[i], rise, leader, along)) {
            found.push({w_face: knots[i] + along * (knots[i + 1] - knots[i]), before: leader, after});
            leader = after;
        }
    }
    return found;
};

/**
 * Return the terms of a softmax: share = exponential / sum, exponential = e^(score - largest).
 * @param {ArrayLike<number>} scores
 * @returns {{largest: number, exponentials: Float64Array, sum: number, shares: Float64Array}}
 */
export const softmax = (scores) => {
    const top = scores[largest(scores)];
    const exponentials = Float64Array.from(scores, (score) => Math.exp(score - top));
    const sum = total(exponentials);
    return {largest: top, exponentials, sum, shares: exponentials.map((value) => value / sum)};
};

/**
 * Return how one cell comes to its score, unit by unit; null where the scene alone says the scores.
 * @param {Weights} weights @param {Face} face @param {Scene} scene @param {number} cell
 * @returns {{face: Float64Array, cell: Float64Array, sum: Float64Array, relu: Float64Array, norm: Float64Array,
 *     hidden: Float64Array, terms: Float64Array, bias: number, score: number} | null}
 *     the two halves (the layer's bias is in the face's), their sum, after ReLU, BatchNorm, ReLU; what each unit adds
 *     to the score, and what is added last
 */
export const bench = ({scorer}, face, scene, cell) => {
    if (!scorer) return null;
    const {norm, score: last} = scorer;
    const half = scene.halves[cell];
    const sum = face.half.map((value, unit) => value + half[unit]);
    const relu = sum.map(positive);
    const normed = affine(norm, relu);
    const hidden = normed.map(positive);
    const terms = hidden.map((value, unit) => value * last.weight[unit]);
    const bias = last.bias[0];
    return {face: face.half, cell: half, sum, relu, norm: normed, hidden, terms, bias, score: total(terms) + bias};
};

/**
 * Return through which hidden units of the scorer the face says where to look: those that both ReLUs let through in
 * some cells and not in others (see switching_units in glamor/explain/head_weights.py).
 * @param {Weights} weights @param {Face} face @param {Scene} scene
 * @returns {boolean[]} one a unit; none where the scene alone says the scores
 */
export const switchingUnits = ({scorer}, face, scene) => {
    if (!scorer) return [];
    const {scale, shift} = scorer.norm;
    const passes = (sum, unit) => sum > 0 && sum * scale[unit] + shift[unit] > 0;
    return Array.from(face.half, (asked, unit) => {
        const passing = scene.halves.filter((half) => passes(asked + half[unit], unit)).length;
        return scale[unit] * scorer.score.weight[unit] !== 0 && passing > 0 && passing < scene.halves.length;
    });
};

const scoreCells = ({scorer}, face, scene) => {
    if (!scorer) return Float64Array.from(scene.scores);
    const {norm: {scale, shift}, score: {weight, bias}} = scorer;
    return Float64Array.from(scene.halves, (half) => {
        let score = bias[0];
        for (let unit = 0; unit < half.length; unit++)
            score += weight[unit] * positive(scale[unit] * positive(face.half[unit] + half[unit]) + shift[unit]);
        return score;
    });
};

/** Put the forced map in the place of the learned one, then take the removed cells away. */
const forcedAttention = (learned, {attention, removed}) => {
    if (attention === undefined && removed === undefined) return learned;
    const map = Float64Array.from(attention ?? learned);
    if (map.length !== learned.length)
        throw new RangeError(`The attention map has ${map.length} cells; this network's has ${learned.length}.`);
    if (!map.every((share) => share >= 0 && share < Infinity))
        throw new RangeError("The attention map holds negative or unusable numbers; give numbers that are 0 or more.");
    for (const cell of removed ?? []) {
        if (!(cell in map)) throw new RangeError(`There is no cell ${cell}; give numbers from 0 to ${map.length - 1}.`);
        map[cell] = 0;
    }
    const sum = total(map);
    if (sum === 0)
        throw new RangeError("No attention is left because every cell is removed or 0; keep at least one cell.");
    return Math.abs(sum - 1) < ROUNDING ? map : map.map((share) => share / sum);
};

/** Return the weighted sum of the cells as it is weighed against the face. */
const attended = ({context_norm: norm}, cells, attention) => {
    const channels = cells.shape[2];
    const sum = new Float64Array(channels);
    for (let cell = 0; cell < attention.length; cell++)
        for (let channel = 0; channel < channels; channel++)
            sum[channel] += attention[cell] * cells[cell * channels + channel];
    return norm ? affine(norm, sum.map((value) => value / attention.length)) : sum;
};

const answer = (weights, looked, [wFace, wScene]) => {
    const {head: [first, last], temperature} = weights;
    const hidden = first.bias.length;
    const units = new Float64Array(hidden);
    for (let unit = 0; unit < hidden; unit++)
        units[unit] = positive(wFace * looked.head.face[unit] + wScene * looked.head.scene[unit] + first.bias[unit]);
    const logits = dense(last, units);
    const probabilities = softmax(logits.map((logit) => logit / temperature)).shares;
    return {...looked, fusion_weights: [wFace, wScene], logits, probabilities, label: largest(logits)};
};

/** Return the weights of the face between 0 and 1 at which a hidden unit of the head crosses zero. */
const crossings = ({head: [{bias}]}, {head}) => {
    const found = [];
    bias.forEach((added, unit) => {
        const [atZero, atOne] = [head.scene[unit] + added, head.face[unit] + added];
        if (atZero * atOne < 0) found.push(atZero / (atZero - atOne));
    });
    return found;
};

/** Return when and by which label the leading one is overtaken on the rest of a straight piece; [1] if by none. */
const overtaking = (start, rise, leader, along) => {
    let next = [1];
    rise.forEach((steepness, label) => { // by rounding, a tie may seem to lie before the rest
        if (steepness <= rise[leader]) return;
        const meets = Math.max(along, (start[leader] - start[label]) / (steepness - rise[leader]));
        if (meets < next[0]) next = [meets, label];
    });
    return next;
};

const positive = (value) => (value > 0 ? value : 0);
const total = (values) => values.reduce((sum, value) => sum + value, 0);
const largest = (values) => values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
const affine = ({scale, shift}, values) => Float64Array.from(values, (value, i) => scale[i] * value + shift[i]);
const dense = ({weight, bias}, values) => product(weight, values).map((value, i) => value + bias[i]);
const twoLayers = ([first, last], values) => dense(last, dense(first, values).map(positive));

/** Multiply a vector with a matrix (outputs, inputs), or with those of its columns that begin at one of them. */
const product = (matrix, values, first = 0) => {
    const [outputs, inputs] = matrix.shape;
    const result = new Float64Array(outputs);
    for (let row = 0; row < outputs; row++) {
        let sum = 0;
        for (let i = 0, at = row * inputs + first; i < values.length; i++, at++) sum += matrix[at] * values[i];
        result[row] = sum;
    }
    return result;
};
