/** Makes something of an object once and remembers it for as long as the object lives. `make` has to be pure. */
export function remembered<Of extends object, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const known = new WeakMap<Of, { readonly made: Made }>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before.made;
    const made = make(of);
    known.set(of, { made });
    return made;
  };
}

/** The same of texts: what is made of the first `most` different ones is remembered. For texts that are few, or that repeat soon. */
export function rememberedText<Made>(make: (text: string) => Made, most = 1000): (text: string) => Made {
  const known = new Map<string, Made>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = make(text);
    if (known.size < most) known.set(text, made);
    return made;
  };
}
