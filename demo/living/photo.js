import {exact, fill, make, set} from "./dom.js";

// The photo, with each face and its label, and the frame of what the network sees of the scene.
const NEAR_EDGE = 0.1; // of the height: no room for a label above the box

/** Lay out the photo; `beside` are the elements that stand next to it. */
export const photo = (words, beside) => {
    const image = make("img", {alt: ""});
    const frame = make("div", {class: "frame"});
    const boxes = make("ul", {class: "people"});
    const line = make("p", {class: "seen", title: words.seen_gloss});
    const element = make("div", {class: "start"},
        make("figure", {class: "photo"}, image, frame, boxes), make("div", {class: "beside"}, line, ...beside));
    let [known, labels] = [null, []];

    const lay = ({photo: address, people, frame: seen, number}) => {
        set(image, {src: address, alt: fill(words.photo_alt, {count: people.length})});
        place(frame, seen);
        labels = people.map(() => make("span"));
        boxes.replaceChildren(...people.map(({box}, i) => {
            const item = make("li", {class: `${i + 1 === number ? "chosen" : ""}${box[1] < NEAR_EDGE ? " inside" : ""}`}, labels[i]);
            place(item, box);
            return item;
        }));
        const [left, top, right, bottom] = seen;
        const values = {height: exact(bottom - top), width: exact(right - left)};
        const whole = right - left > 0.9995 && bottom - top > 0.9995;
        set(line, {textContent: fill(whole ? words.seen_whole : words.seen, values)});
    };
    const show = ({inputs, walk, outcome}) => {
        if (known !== inputs) lay(inputs);
        known = inputs;
        inputs.people.forEach(({label}, i) => {
            const now = i + 1 === inputs.number ? walk.class_names[outcome.label] : label;
            set(labels[i], {textContent: fill(now === label ? words.person : words.person_now, {number: i + 1, label, now})});
        });
    };
    return {element, show};
};

/** Put an element where (x1, y1, x2, y2) are, of the photo. */
const place = (element, [left, top, right, bottom]) => {
    const share = (value) => `${(value * 100).toFixed(2)}%`;
    Object.assign(element.style, {left: share(left), top: share(top), width: share(right - left), height: share(bottom - top)});
};
