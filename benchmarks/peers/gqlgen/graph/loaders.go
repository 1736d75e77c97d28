package graph

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/vikstrous/dataloadgen"
)

const (
	wait = time.Millisecond

	conceptColumns = `concept.id AS id, concept.name AS name,
  COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill) RETURN skill.code ORDER BY skill.code } AS skills,
  COLLECT { MATCH (before:Concept)-[:PREREQUISITE_OF]->(concept) RETURN before.id ORDER BY before.id } AS before`
	conceptsByID  = `UNWIND $keys AS key MATCH (concept:Concept {id: key}) RETURN ` + conceptColumns
	conceptsPage  = `MATCH (concept:Concept) WITH concept ORDER BY concept.id LIMIT $first RETURN ` + conceptColumns + ` ORDER BY id`
	skillsByCode  = `UNWIND $keys AS key MATCH (skill:Skill {code: key}) RETURN skill.code AS code, skill.name AS name`
	masteriesOf   = `UNWIND $keys AS key MATCH (:Student {id: key})-[mastery:HAS_MASTERY]->(target:`
	masteryReturn = ` AS target, mastery.level AS level, mastery.attempts AS attempts`
)

type loadersKey struct{}

// Loaders batch and cache the reads of one request.
type Loaders struct {
	Concepts  *dataloadgen.Loader[string, *Concept]
	Skills    *dataloadgen.Loader[string, *Skill]
	OnConcept *dataloadgen.Loader[string, []*Mastery]
	OnSkill   *dataloadgen.Loader[string, []*Mastery]
}

// WithLoaders adds new loaders to the context of a request.
func WithLoaders(ctx context.Context, database *Database) context.Context {
	return context.WithValue(ctx, loadersKey{}, &Loaders{
		Concepts: dataloadgen.NewLoader(database.concepts, dataloadgen.WithWait(wait)),
		Skills:   dataloadgen.NewLoader(database.skills, dataloadgen.WithWait(wait)),
		OnConcept: dataloadgen.NewLoader(database.masteries("Concept) RETURN key, target.id", func(row *Mastery, key string) {
			row.ConceptID = key
		}), dataloadgen.WithWait(wait)),
		OnSkill: dataloadgen.NewLoader(database.masteries("Skill) RETURN key, target.code", func(row *Mastery, key string) {
			row.SkillCode = key
		}), dataloadgen.WithWait(wait)),
	})
}

func loaders(ctx context.Context) *Loaders { return ctx.Value(loadersKey{}).(*Loaders) }

func toConcept(record *neo4j.Record) *Concept {
	row := record.AsMap()
	return &Concept{
		ID: row["id"].(string), Name: row["name"].(string),
		SkillCodes: texts(row["skills"]), PrerequisiteIDs: texts(row["before"]),
	}
}

func (database *Database) concepts(ctx context.Context, keys []string) ([]*Concept, []error) {
	records, err := database.Read(ctx, conceptsByID, map[string]any{"keys": keys})
	rows := make(map[string]*Concept, len(records))
	for _, record := range records {
		row := toConcept(record)
		rows[row.ID] = row
	}
	return inOrder(keys, rows), failed(err)
}

func (database *Database) skills(ctx context.Context, keys []string) ([]*Skill, []error) {
	records, err := database.Read(ctx, skillsByCode, map[string]any{"keys": keys})
	rows := make(map[string]*Skill, len(records))
	for _, record := range records {
		rows[text(record, "code")] = &Skill{Code: text(record, "code"), Name: text(record, "name")}
	}
	return inOrder(keys, rows), failed(err)
}

func (database *Database) masteries(target string, name func(*Mastery, string)) func(context.Context, []string) ([][]*Mastery, []error) {
	statement := masteriesOf + target + masteryReturn
	return func(ctx context.Context, keys []string) ([][]*Mastery, []error) {
		records, err := database.Read(ctx, statement, map[string]any{"keys": keys})
		rows := make(map[string][]*Mastery, len(keys))
		for _, record := range records {
			row := &Mastery{Level: record.Values[2].(float64), Attempts: int(record.Values[3].(int64))}
			name(row, record.Values[1].(string))
			key := record.Values[0].(string)
			rows[key] = append(rows[key], row)
		}
		for _, list := range rows {
			slices.SortFunc(list, func(one, other *Mastery) int {
				return strings.Compare(one.ConceptID+one.SkillCode, other.ConceptID+other.SkillCode)
			})
		}
		return inOrder(keys, rows), failed(err)
	}
}

func inOrder[Row any](keys []string, rows map[string]Row) []Row {
	list := make([]Row, len(keys))
	for place, key := range keys {
		list[place] = rows[key]
	}
	return list
}

func failed(err error) []error {
	if err == nil {
		return nil
	}
	return []error{err}
}
