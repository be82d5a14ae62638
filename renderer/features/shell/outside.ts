/** The place that the last intent led to: a link or another program chose it, not the user. */
let place: string | null = null;

export function markOutside(): void {
  place = location.hash;
}

/**
 * Whether somebody outside chose the sheet that opens now. It takes the keyboard away from what the user was typing at that moment,
 * so it must not do anything at a key that was meant for that: no field and no button of it has the focus.
 */
export function cameFromOutside(): boolean {
  return place !== null && place === location.hash;
}
