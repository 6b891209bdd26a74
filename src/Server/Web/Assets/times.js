// Converts the exporter's times to ages: "4 s ago", "for 4 s" for a state, or the time of day.

/** Converts all times below an element, using the exporter's clock; does nothing while that is unknown. */
export function tellTimes(root, now) {
  if (now === null) return;
  for (const time of root.querySelectorAll('time[data-told]')) {
    const at = Date.parse(time.dateTime);
    const [age, exact] = [span(now - at), clock(at, now)];
    const [text, title] = time.dataset.told === 'at' ? [exact, `${age} ago`]
      : [time.dataset.told === 'for' ? `for ${age}` : `${age} ago`, `${exact} UTC`];
    if (time.textContent !== text) time.textContent = text;
    if (time.title !== title) time.title = title;
  }
}

/** Formats a duration with its two largest units. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 5 && seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** 21:30:05, or Nov 23 21:30 on another day; in UTC, as in logs. */
export function clock(at, now) {
  const [time, other] = [new Date(at), new Date(now)];
  const day = time.toISOString().slice(0, 10);
  if (day === other.toISOString().slice(0, 10)) return time.toISOString().slice(11, 19);
  return `${time.toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })} ${time.toISOString().slice(11, 16)}`;
}
