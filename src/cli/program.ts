export async function runCommand(_args: string[], _env: NodeJS.ProcessEnv): Promise<number> {
  return 2;
}
