/** On a touch screen the cursor in a field would raise the keyboard over half of the chat. */
export function hasFinePointer(): boolean {
  return typeof matchMedia !== "function" || matchMedia("(pointer: fine)").matches;
}
