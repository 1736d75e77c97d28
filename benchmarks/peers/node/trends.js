// A class by week, in UTC: the levels at the end of each week, and what was answered in it.
import { read } from "./database.js";
import { readKeys, rounded } from "./class_levels.js";

const DAY = 86_400_000;
const MONDAY = 4 * DAY; // 1970-01-05

/** The start of each week in milliseconds, and the moment after the last. */
function weeks(since, until) {
  const starts = [];
  for (let start = Math.floor((Date.parse(since) - MONDAY) / (7 * DAY)) * 7 * DAY + MONDAY; start < Date.parse(until); start += 7 * DAY) {
    starts.push(start);
  }
  return starts;
}

const dayOf = (start) => new Date(start).toISOString().slice(0, 10);

/** The last week that has begun at a time; -1 before the first. */
const weekOf = (starts, time) => Math.max(-1, Math.min(starts.length - 1, Math.floor((time - starts[0]) / (7 * DAY))));

/** The mean level and the coverage at the end of each week, from the levels that answers led to. */
export async function readSeries(groupId, { since, until }) {
  const starts = weeks(since, until);
  const [keys, members, rows] = await Promise.all([
    readKeys(groupId, "SKILL"),
    read("MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student) RETURN count(student) AS total", { id: groupId }),
    read(
      `MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)-[answer:ANSWERED]->(skill:Skill)
       RETURN student.id AS studentId, skill.code AS code, collect(toString(answer.at)) AS at,
         collect(answer.level_after) AS levels`,
      { id: groupId },
    ),
  ]);
  const known = new Set(keys);
  const sums = new Float64Array(starts.length);
  const counts = new Int32Array(starts.length);
  for (const row of rows.filter((each) => known.has(each.code))) {
    const last = new Array(starts.length).fill(null);
    row.at.forEach((text, index) => {
      const time = Date.parse(text);
      if (time > Date.parse(until)) return;
      const week = Math.max(0, weekOf(starts, time));
      if (last[week] === null || time >= last[week].time) last[week] = { time, level: row.levels[index] };
    });
    let level = null;
    last.forEach((answer, week) => {
      level = answer?.level ?? level;
      if (level === null) return;
      sums[week] += level;
      counts[week] += 1;
    });
  }
  const total = members[0].total * keys.length;
  return {
    days: starts.map(dayOf),
    points: starts.map((_, week) => ({
      meanLevel: counts[week] ? rounded(sums[week] / counts[week], 4) : null,
      coverage: total ? counts[week] / total : null,
    })),
  };
}

/** Answers, students and seconds of each week. */
export async function readActivity(groupId, { since, until }) {
  const starts = weeks(since, until);
  const points = starts.map((start) => ({ day: dayOf(start), ids: new Set(), answers: 0, correct: 0, timeOnTask: 0 }));
  const rows = await read(
    `MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)-[answer:ANSWERED]->()
     WHERE answer.position = 0 AND answer.at >= datetime($first) AND answer.at <= datetime($until)
     RETURN student.id AS studentId, collect(toString(answer.at)) AS at, collect(answer.correct) AS correct,
       collect(coalesce(answer.response_time, 0.0)) AS seconds`,
    { id: groupId, first: new Date(starts[0]).toISOString(), until },
  );
  for (const row of rows) {
    row.at.forEach((text, index) => {
      const point = points[weekOf(starts, Date.parse(text))];
      point.ids.add(row.studentId);
      point.answers += 1;
      point.correct += row.correct[index] ? 1 : 0;
      point.timeOnTask += row.seconds[index];
    });
  }
  return { points: points.map(({ ids, ...point }) => ({ ...point, students: ids.size })) };
}
