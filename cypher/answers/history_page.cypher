// -- history_page/close --
// Move answers of each student from the last page to the page before it, or to a new one if they do not fit there.
// The id of a page is where it ends, so the page before gets another one.
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (history:History {id: row.student_id})
MATCH (last:HistoryPage {id: row.student_id + $separator})
OPTIONAL MATCH (before:HistoryPage {id: row.student_id + $separator + coalesce(history.bounds[size(history.bounds) - 1], $separator)})
WITH row, history, last, before,
     before.until = last.start AND size(before.answers) + size(row.moved) <= $most AS fits
WITH row, history, last, last.start AS start, coalesce(fits, false) AS fits,
     CASE WHEN fits THEN before.id ELSE row.student_id + $separator + row.start END AS id
MERGE (page:HistoryPage {id: id})
SET page.start = CASE WHEN fits THEN page.start ELSE start END, page.until = row.start,
    page.answers = CASE WHEN fits THEN page.answers + row.moved ELSE row.moved END,
    page.id = row.student_id + $separator + row.start
MERGE (history)-[:HAS_PAGE]->(page)
SET history.bounds = CASE WHEN fits THEN history.bounds[0..size(history.bounds) - 1] ELSE history.bounds END + [row.start],
    last.start = row.start, last.answers = row.newest
RETURN count(page) AS written;

// -- history_page/append --
// Add answers to the pages that they belong to; students without pages are left out. Returns each page that grew.
// returns: many
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (history:History {id: row.student_id})
WITH history, row, size([bound IN history.bounds WHERE bound <= row.place]) AS number
WITH history, CASE WHEN number < size(history.bounds) THEN history.bounds[number] ELSE '' END AS end,
     collect(row.answer) AS answers
MATCH (page:HistoryPage {id: history.id + $separator + end})
SET page.answers = page.answers + answers
RETURN history.id AS student_id, end AS end, size(page.answers) AS size;

// -- history_page/list_by_ids --
// Pages as they are stored, with the bounds of all pages of their student.
// returns: many
// about: named all students
UNWIND $rows AS row
MATCH (history:History {id: row.student_id})
MATCH (page:HistoryPage {id: history.id + $separator + row.end})
RETURN history.id AS student_id, history.bounds AS bounds, page.start AS start, page.until AS until, page.answers AS answers;

// -- history_page/create --
// Create pages of students who have none, and the node that lists them.
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MERGE (history:History {id: row.student_id})
SET history.bounds = row.bounds
MERGE (student)-[:HAS_HISTORY]->(history)
WITH history, row
UNWIND row.pages AS stored
MERGE (page:HistoryPage {id: history.id + $separator + stored.end})
SET page.start = stored.start, page.until = stored.until, page.answers = stored.answers
MERGE (history)-[:HAS_PAGE]->(page)
RETURN count(page) AS written;

// -- history_page/put --
// Write pages that were divided, and the bounds of all pages of their students.
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (history:History {id: row.student_id})
SET history.bounds = row.bounds
WITH history, row
UNWIND row.pages AS stored
MERGE (page:HistoryPage {id: history.id + $separator + stored.end})
SET page.start = stored.start, page.until = stored.until, page.answers = stored.answers
MERGE (history)-[:HAS_PAGE]->(page)
RETURN count(page) AS written;

// -- history_page/delete --
// Delete the pages of students, and what lists them.
// returns: nothing
// about: all students
// changes: students $student_ids
UNWIND $student_ids AS student_id
MATCH (history:History {id: student_id})
OPTIONAL MATCH (history)-[:HAS_PAGE]->(page:HistoryPage)
DETACH DELETE page, history;

// -- history_page/list_newest --
// The last pages of each student that begin before a place, or the last of all.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (history:History {id: student_id})
WITH student_id, history.bounds AS bounds,
     CASE WHEN $before IS NULL THEN size(history.bounds)
          ELSE size([bound IN history.bounds WHERE bound < $before]) END AS last
UNWIND range(CASE WHEN last < $pages THEN 0 ELSE last - $pages + 1 END, last) AS number
WITH student_id, CASE WHEN number < size(bounds) THEN bounds[number] ELSE '' END AS end
MATCH (page:HistoryPage {id: student_id + $separator + end})
RETURN student_id AS student_id, page.start AS start, page.until AS until, page.answers AS answers;

// -- history_page/list_oldest --
// The page of each student that a place lies in, and the pages after it.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (history:History {id: student_id})
WITH student_id, history.bounds AS bounds, size([bound IN history.bounds WHERE bound <= $place]) AS first
UNWIND range(first, CASE WHEN first + $pages > size(bounds) THEN size(bounds) ELSE first + $pages - 1 END) AS number
WITH student_id, CASE WHEN number < size(bounds) THEN bounds[number] ELSE '' END AS end
MATCH (page:HistoryPage {id: student_id + $separator + end})
RETURN student_id AS student_id, page.start AS start, page.until AS until, page.answers AS answers;

// -- history_page/list_between --
// The pages of each student that two places lie in, those between, and the one before, as one row.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (history:History {id: student_id})
WITH student_id, history.bounds AS bounds, size([bound IN history.bounds WHERE bound <= $first]) AS first,
     size([bound IN history.bounds WHERE bound <= $last]) AS last
UNWIND range(CASE WHEN first > 0 THEN first - 1 ELSE 0 END, last) AS number
WITH student_id, CASE WHEN number < size(bounds) THEN bounds[number] ELSE '' END AS end
MATCH (page:HistoryPage {id: student_id + $separator + end})
RETURN student_id AS student_id, collect([page.start, page.until, page.answers]) AS pages;

// -- history_page/list_whole --
// All pages of each student as one row, for the replay of levels.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_HISTORY]->()-[:HAS_PAGE]->(page)
RETURN student_id AS student_id, collect([page.start, page.until, page.answers]) AS pages;

// -- history_page/list_of_students --
// All that is stored about the pages of some students.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_HISTORY]->(history)
OPTIONAL MATCH (history)-[:HAS_PAGE]->(page)
RETURN student_id AS student_id, history.bounds AS bounds, page.id AS id, page.start AS start, page.until AS until,
       page.answers AS answers;

// -- history_page/list_students_without --
// Students after one who have answers and no pages of them.
// returns: many
// about: named all students
MATCH (student:Student)
WHERE student.id > $after_id AND NOT EXISTS { (student)-[:HAS_HISTORY]->() } AND EXISTS { (student)-[:ANSWERED]->() }
RETURN student.id AS id
ORDER BY id
LIMIT $limit;

// -- history_page/list_strayed --
// Nodes of pages that belong to no student.
// returns: many
// about: named all students
MATCH (node)
WHERE (node:History AND NOT EXISTS { (:Student)-[:HAS_HISTORY]->(node) })
   OR (node:HistoryPage AND NOT EXISTS { (:History)-[:HAS_PAGE]->(node) })
RETURN node.id AS id
ORDER BY id
LIMIT $limit;

// -- history_page/delete_strayed --
// Delete the nodes of pages that belong to no student.
// returns: nothing
// about: all students
// changes: course
UNWIND $ids AS id
OPTIONAL MATCH (history:History {id: id})
WHERE NOT EXISTS { (:Student)-[:HAS_HISTORY]->(history) }
OPTIONAL MATCH (page:HistoryPage {id: id})
WHERE NOT EXISTS { (:History)-[:HAS_PAGE]->(page) }
DETACH DELETE history, page;
