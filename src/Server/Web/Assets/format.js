// Numbers and times as people read them. Whoever calls has looked for null first.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const counts = new Intl.NumberFormat('en');

/** 1,234; a minus as wide as a digit. */
export const count = number => counts.format(number).replace('-', '−');

/** "1 disk", "2 disks". */
export const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** 95.3 TiB. */
export function bytes(size) {
  let unit = 0;
  for (; Math.abs(size) >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${counts.format(Number(size.toPrecision(size < 1000 ? 3 : 4)))} ${UNITS[unit]}`;
}

/** Rounded down: 99.9 % is not yet all of it, and one byte is not nothing. */
export function percent(part, whole) {
  if (whole <= 0) return null;
  const share = (part / whole) * 100;
  return share > 0 && share < 1 ? '< 1 %' : `${Math.floor(share)} %`;
}

/** How long: the two largest units that say something. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 5 && seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** 21:30:05, or Nov 23 21:30 where it is another day. As in logs it is UTC. */
export function clock(at, now) {
  const [time, other] = [new Date(at), new Date(now)];
  const day = time.toISOString().slice(0, 10);
  if (day === other.toISOString().slice(0, 10)) return time.toISOString().slice(11, 19);
  return `${time.toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })} ${time.toISOString().slice(11, 16)}`;
}
