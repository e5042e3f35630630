/** Calls commands over the HTTP fallback, as a script or a webhook would. */
export function httpClient(url: string, token?: string) {
  return async <T = any>(name: string, input: object = {}): Promise<T> => {
    const response = await fetch(`${url}/v1/commands/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(input),
    });
    const reply = (await response.json()) as { ok: true; data: T } | { ok: false; error: { code: string } };
    if (!reply.ok) throw new Error(`${name} answered ${reply.error.code}`);
    return reply.data;
  };
}

/** Registers a person and returns their calls. */
export async function registered(url: string, fullName: string) {
  const username = `p_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const { user, tokens } = await httpClient(url)('accounts.register', {
    username,
    password: 'correct horse',
    fullName,
  });
  return { id: user.id as string, token: tokens.accessToken as string, call: httpClient(url, tokens.accessToken) };
}
