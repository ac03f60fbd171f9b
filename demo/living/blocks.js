import {copier} from "./copy.js";
import {fill, make, set, signed} from "./dom.js";

// What comes out of each block of both encoders, in its most telling channels.
const TINTS = {face: [139, 76, 214], scene: [18, 150, 88]};

/** Lay out both rails, to be unfolded; nothing is drawn before. */
export const blocks = (words) => {
    const rows = Object.fromEntries(["face", "scene"].map((side) => [side, make("div", {class: "blocks-row"})]));
    const note = make("p", {class: "hint"});
    const copy = copier(words, {label: words.copy_blocks, gloss: words.copy_blocks_gloss}, () => [
        ["side", "block", "channel", "low", "high", "map, row by row"],
        ...Object.keys(rows).flatMap((side) => view.walks[side][`${side}_blocks`].flatMap((block) => tableOf(side, block))),
    ]);
    const element = make("details", {class: "blocks"}, make("summary", {textContent: words.blocks}),
        make("p", {class: "gloss", textContent: words.blocks_gloss}), note,
        ...Object.entries(rows).flatMap(([side, row]) => [make("p", {class: `name of-${side}`, textContent: words[side]}), row]),
        copy.element);
    let [view, drawn] = [null, {}];

    const draw = () => {
        if (!view || !element.open) return;
        for (const [side, row] of Object.entries(rows)) {
            const walk = view.walks[side];
            if (drawn[side] === walk) continue;
            row.replaceChildren(...walk[`${side}_blocks`].map((block) => blockOf(words, block, side)));
            drawn[side] = walk;
        }
    };
    element.ontoggle = draw;
    const show = (now) => {
        view = now;
        const other = view.blanked.face || view.blanked.scene || view.faded;
        copy.forget();
        set(note, {textContent: other ? words.blocks_other : "", hidden: !other});
        draw();
    };
    return {element, show};
};

const blockOf = (words, {name, size, map_hw: [rows, columns], channels, maps, low, high}, side) => {
    const [, height, width] = maps.shape;
    const pictures = channels.map((channel, i) => {
        const gloss = fill(words.block_map, {channel: channel + 1, size, low: signed(low[i]), high: signed(high[i])});
        const canvas = make("canvas", {width, height, role: "img", title: gloss, "aria-label": gloss});
        paint(canvas, maps.subarray(i * height * width, (i + 1) * height * width), TINTS[side]);
        return canvas;
    });
    return make("div", {class: `block of-${side}`},
        make("p", {textContent: fill(words.block, {name, size, rows, columns})}), make("div", {class: "maps"}, ...pictures));
};

/** Return a block's channels as rows of a table: their maps came as bytes from the lowest value to the highest. */
const tableOf = (side, {name, channels, maps, low, high}) => {
    const size = maps.shape[1] * maps.shape[2];
    return channels.map((channel, i) => [
        side, name, channel + 1, low[i], high[i],
        ...Array.from(maps.subarray(i * size, (i + 1) * size), (byte) => low[i] + (byte / 255) * (high[i] - low[i])),
    ]);
};

/** Paint bytes: the more, the fuller the colour. */
const paint = (canvas, bytes, [red, green, blue]) => {
    const picture = new ImageData(canvas.width, canvas.height);
    bytes.forEach((byte, i) => picture.data.set([red, green, blue, byte], 4 * i));
    canvas.getContext("2d").putImageData(picture, 0, 0);
};
