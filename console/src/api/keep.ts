/**
 * Has the browser download from an address of the API by itself, with the session's
 * cookie, so that no memory has to hold it. Ask before for what may be refused: a
 * download that fails tells nobody why, or keeps the refusal as if it were the file.
 */
export function keep(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
