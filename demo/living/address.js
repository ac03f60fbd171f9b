import {fromParams, NAMES, renewed, toParams, UNTOUCHED} from "./linked.js";

// The page's address follows what is changed, and brings it back: for whoever opens the link, on the example; in a
// browser tab that comes back, on the face it was changed on.
const FACE = "glamor-picture"; // in the storage of the tab: which face the address is about
const QUIET = 250; // milliseconds: browsers refuse an address that changes at every frame

export const address = () => {
    const params = renewed(new URLSearchParams(window.location.search));
    let opened = NAMES.some((name) => params.has(name)) ? {params, face: stored()} : null;
    let timer = 0;

    const write = (settings, face) => {
        const link = new URL(window.location.href);
        link.search = renewed(link.searchParams);
        for (const [name, value] of Object.entries(settings))
            if (value === null) link.searchParams.delete(name);
            else link.searchParams.set(name, value);
        store(Object.values(settings).some((value) => value !== null) ? face : null);
        if (link.href !== window.location.href) window.history.replaceState(window.history.state, "", link);
    };
    return {
        /** Return the state in which a face is shown at first. */
        begin: (told, shape) => {
            const meant = opened && (opened.face ? opened.face === told.key : told.example);
            if (!told.example && !meant) opened = null; // another photo was added meanwhile
            return meant ? fromParams(opened.params, {shape, steps: told.steps, others: told.others}) : UNTOUCHED;
        },
        /** Have the address follow what a visitor changes, or another face. */
        follow: (state, told, columns, changed) => {
            if (changed) opened = null;
            if (opened) return;
            clearTimeout(timer);
            timer = setTimeout(() => write(toParams(state, columns), told.key), QUIET);
        },
    };
};

const stored = () => {
    try { return sessionStorage.getItem(FACE); } catch { return null; }
};
const store = (face) => {
    try {
        if (face) sessionStorage.setItem(FACE, face);
        else sessionStorage.removeItem(FACE);
    } catch { /* this browser keeps nothing for pages */ }
};
