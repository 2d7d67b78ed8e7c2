/**
 * Takes the place of `@modelcontextprotocol/server/_shims` in the bundle. The original brings a JSON
 * Schema validator of 290 KB, which only elicitation needs: tools here are described by zod.
 */
export { default as process } from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('JSON Schema validation is not part of the bundle, see scripts/sdk-shims.ts.');
  }
}
