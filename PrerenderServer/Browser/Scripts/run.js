(async (command, input, call, maxLength) => {
  let said;
  try {
    said = { value: await globalThis.fleet.run(command, JSON.parse(input), call) };
  } catch (error) {
    said = { error: { kind: error?.kind, message: String(error?.message ?? error), stack: error?.stack } };
  }
  const text = JSON.stringify(said);
  return text.length > maxLength ? JSON.stringify({ tooLarge: text.length }) : text;
})
