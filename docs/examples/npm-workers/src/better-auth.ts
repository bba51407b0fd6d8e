// better-auth: its sessions in KV as secondary storage, its users in memory.
import { betterAuth } from "better-auth";
import { memoryAdapter } from "@better-auth/memory-adapter";

type Env = { SESSIONS: KVNamespace; SECRET: string };

const users: Record<string, never[]> = { user: [], session: [], account: [], verification: [] };

const make = (env: Env) =>
  betterAuth({
    baseURL: "https://worker.example.com",
    secret: env.SECRET,
    database: memoryAdapter(users),
    emailAndPassword: { enabled: true, password: { hash: async (p) => p, verify: async ({ hash, password }) => hash === password } },
    secondaryStorage: {
      get: (key) => env.SESSIONS.get(key),
      set: (key, value, ttl) => env.SESSIONS.put(key, value, ttl ? { expirationTtl: Math.max(ttl, 60) } : undefined),
      delete: (key) => env.SESSIONS.delete(key),
    },
  });
let auth: ReturnType<typeof make> | undefined;

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    auth ??= make(env);
    return auth.handler(request);
  },
};
