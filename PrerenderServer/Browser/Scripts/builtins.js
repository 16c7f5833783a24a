// How the scripts that follow save the built-ins that they need, before a page can replace them: as functions whose first parameter is the object.
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const getter = (type, name) => uncurry(Object.getOwnPropertyDescriptor(type.prototype, name).get);
// A list that setters of Array.prototype and Object.prototype, which a page may have, do not notice.
const { setPrototypeOf } = Object;
const list = () => setPrototypeOf([], null);
// Timers that are not waited for.
const { setTimeout, clearTimeout } = globalThis;
