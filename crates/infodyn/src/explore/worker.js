// Answers questions beside the page, the newest first: a part of an answer is skipped once there is a newer question.
let ask, newest, known = {}, busy = false;

onmessage = async ({ data }) => {
  if (data.wasm) {
    const { instance } = await WebAssembly.instantiate(data.wasm, {});
    ask = (name, ...numbers) => {
      const count = instance.exports[name](...numbers);
      return new Float64Array(instance.exports.memory.buffer, instance.exports.answer(), count).slice();
    };
  } else {
    newest = data;
  }
  if (ask && newest && !busy) answer();
};

/** Lets a newer question in. */
const pause = () => new Promise((go) => setTimeout(go));

async function answer() {
  busy = true;
  for (let asked = null; asked !== newest; ) {
    asked = newest;
    const { law, snr, reach, low, high, energy } = asked;
    const parts = [
      ["level", [snr]],
      ["resting", [snr]],
      ["curves", [snr, reach, 201]],
      ["reverse", [low, high, 61, 30]],
      ["along", [low, high, 61]],
      ["branches", [low, high, energy]],
    ];
    ask("law", ...law);
    for (const [name, numbers] of parts) {
      const key = [...law, ...numbers].join();
      if (known[name] !== key) {
        try {
          postMessage({ asked, name, told: ask(name, ...numbers) });
        } catch (error) {
          postMessage({ asked, name, fault: String(error) });
        }
        known[name] = key;
        await pause();
        if (asked !== newest) break;
      }
    }
    if (asked === newest) postMessage({ asked, name: "done" });
  }
  busy = false;
}
