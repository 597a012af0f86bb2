/** Results of a pure function that were asked for lately. */

/**
 * Returns the function with a memory of its last results. Rules ask the same of one statement dozens of times, and of the next
 * one something else: a document of any size needs little memory.
 */
export function remembering<Value>(compute: (text: string) => Value, most = 1024): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const value = known.get(text);
    if (value !== undefined) return value;
    const made = compute(text);
    if (known.size >= most) known.clear();
    known.set(text, made);
    return made;
  };
}
