// What the server is asked while somebody drags: one thing at a time, and only ever the last that is wanted.

const PATIENCE = 5000; // milliseconds; an answer that has not come by then is not waited for

/**
 * @param {(question: object) => void} send gets each question with its `turn`, larger each time, also after a reload
 * @returns {{ask: (question: object) => void, answered: (turn: number) => object | null, forget: () => void}}
 *     `answered` returns the question that an answer belongs to, null if nobody waits for it
 */
export const asker = (send) => {
    let [turn, underway, wanted, timer] = [0, null, null, 0];

    const go = () => {
        if (underway || !wanted) return;
        turn = Math.max(turn + 1, Date.now());
        [underway, wanted] = [wanted, null];
        timer = setTimeout(over, PATIENCE);
        send({...underway, turn});
    };
    const over = () => {
        clearTimeout(timer);
        underway = null;
        go();
    };
    return {
        ask: (question) => {
            wanted = question;
            go();
        },
        answered: (answer) => {
            if (!underway || answer !== turn) return null;
            const question = underway;
            over();
            return question;
        },
        forget: () => {
            wanted = null;
            over();
        },
    };
};
