/** The schema of a field that holds whatever JSON a caller keeps with us. */
export const ANY_JSON = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'object', additionalProperties: true },
    { type: 'array', items: { type: ['string', 'number', 'boolean', 'object', 'array', 'null'] } },
    { type: 'null' },
  ],
};
