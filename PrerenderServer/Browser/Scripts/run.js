(async (command, input, call, maxLength) => {
  globalThis.__fleetPaint?.(true);
  let outcome;
  try {
    outcome = { value: await globalThis.fleet.run(command, JSON.parse(input), call) };
  } catch (error) {
    outcome = { error: { kind: error?.kind, message: String(error?.message ?? error), stack: error?.stack } };
  }
  const text = JSON.stringify(outcome);
  return text.length > maxLength ? JSON.stringify({ tooLarge: text.length }) : text;
})
