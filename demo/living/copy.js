import {make, set} from "./dom.js";

/**
 * Lay out a button that copies a table in full precision, columns apart by tabs, for a spreadsheet.
 * @param {Record<string, string>} words
 * @param {{label: string, gloss: string}} named
 * @param {() => (string | number)[][]} table its rows, the heading first
 * @returns {{element: HTMLElement, forget: () => void}} `forget` takes back what was said of the last press
 */
export const copier = (words, {label, gloss}, table) => {
    const said = make("span", {class: "hint", role: "status"});
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(table().map((row) => row.join("\t")).join("\n"));
            set(said, {textContent: words.copied});
        } catch {
            set(said, {textContent: words.not_copied});
        }
    };
    const button = make("button", {type: "button", textContent: label, title: gloss, onclick: copy});
    return {element: make("div", {class: "buttons"}, button, said), forget: () => set(said, {textContent: ""})};
};
