// Attention that is not the network's own: the same for every cell, or its own values moved to other cells.

export const EVEN = "uniform";
const SHUFFLED = /^shuffled\.(\d{1,7})$/;

/** Return the seed of a shuffling; null: there is none. @param {string | null} how */
export const seedOf = (how) => {
    const [, seed] = SHUFFLED.exec(how ?? "") ?? [];
    return seed === undefined ? null : Number(seed);
};

/**
 * Return a map in the place of the learned one.
 * @param {string} how EVEN, or "shuffled." and a seed; the same seed gives the same order
 * @param {Float64Array} learned
 */
export const spread = (how, learned) => {
    const seed = seedOf(how);
    if (seed === null) return learned.map(() => 1 / learned.length);
    const [map, random] = [learned.slice(), numbers(seed)];
    for (let last = map.length - 1; last > 0; last--) { // Fisher and Yates
        const other = Math.floor(random() * (last + 1));
        [map[last], map[other]] = [map[other], map[last]];
    }
    return map;
};

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
const numbers = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
