/** Whether `topic` is one of those that `filter` stands for: `+` is one level, `#` all that follow (and the level before them). */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === '#') return i === wanted.length - 1
    if (i >= levels.length || (wanted[i] !== '+' && wanted[i] !== levels[i])) return false
  }
  return wanted.length === levels.length
}

/** Whether `filter` may be subscribed to: wildcards stand alone in their level, `#` in the last. */
export function isTopicFilter(filter: string): boolean {
  const levels = filter.split('/')
  return filter !== '' && levels.every((level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#]/.test(level))
}
