package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
)

const (
	groupColumns = `group.id AS id, group.name AS name, COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size,
  COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teachers`
	groupByID   = `MATCH (group:Group {id: $id}) RETURN ` + groupColumns
	groupsPage  = `MATCH (group:Group) WITH group ORDER BY group.id LIMIT $first RETURN ` + groupColumns + ` ORDER BY id`
	groupsCount = `MATCH (group:Group) RETURN count(group) AS total`
	studentByID = `MATCH (student:Student {id: $id}) RETURN student.id AS id, student.name AS name`
	membersPage = `MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
  RETURN student.id AS id, student.name AS name ORDER BY name, id LIMIT $first`
	answersPage = `MATCH (:Student {id: $id})-[answer:ANSWERED]->()
  WHERE answer.position = 0 AND ($at IS NULL OR answer.at < datetime($at) OR (answer.at = datetime($at) AND answer.id < $after))
  WITH answer ORDER BY answer.at DESC, answer.id DESC LIMIT $limit
  RETURN answer.id AS id, toString(answer.at) AS at, answer.correct AS correct, answer.difficulty AS difficulty,
    answer.concept_ids AS concepts, answer.skill_codes AS skills`
)

// Resolver holds what all resolvers need.
type Resolver struct {
	Database *Database
	// Locks is whether an answer locks its student first.
	Locks bool
	// Students begins the ids of students who answer: each server on the database has its own.
	Students string
}

type (
	queryResolver           struct{ *Resolver }
	conceptResolver         struct{ *Resolver }
	masteryResolver         struct{ *Resolver }
	studentResolver         struct{ *Resolver }
	groupResolver           struct{ *Resolver }
	groupConnectionResolver struct{ *Resolver }
)

// Query has the entry points.
func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

// Concept has the fields of concepts that read.
func (r *Resolver) Concept() ConceptResolver { return &conceptResolver{r} }

// Mastery has the fields of masteries that read.
func (r *Resolver) Mastery() MasteryResolver { return &masteryResolver{r} }

// Student has the fields of students that read.
func (r *Resolver) Student() StudentResolver { return &studentResolver{r} }

// Group has the fields of groups that read.
func (r *Resolver) Group() GroupResolver { return &groupResolver{r} }

// GroupConnection has the fields of pages of groups that read.
func (r *Resolver) GroupConnection() GroupConnectionResolver { return &groupConnectionResolver{r} }

func (r *queryResolver) Concepts(ctx context.Context, first int) (*ConceptConnection, error) {
	records, err := r.Database.Read(ctx, conceptsPage, map[string]any{"first": first})
	nodes := make([]*Concept, len(records))
	for place, record := range records {
		nodes[place] = toConcept(record)
		loaders(ctx).Concepts.Prime(nodes[place].ID, nodes[place])
	}
	return &ConceptConnection{Nodes: nodes}, err
}

func (r *queryResolver) Student(ctx context.Context, id string) (*Student, error) {
	records, err := r.Database.Read(ctx, studentByID, map[string]any{"id": id})
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return &Student{ID: text(records[0], "id"), Name: text(records[0], "name")}, nil
}

func (r *Resolver) readGroups(ctx context.Context, statement string, parameters map[string]any) ([]*Group, error) {
	records, err := r.Database.Read(ctx, statement, parameters)
	groups := make([]*Group, len(records))
	for place, record := range records {
		row := record.AsMap()
		groups[place] = &Group{
			ID: text(record, "id"), Name: text(record, "name"), Size: int(row["size"].(int64)), TeacherIds: texts(row["teachers"]),
		}
	}
	return groups, err
}

func (r *queryResolver) Group(ctx context.Context, id string) (*Group, error) {
	groups, err := r.readGroups(ctx, groupByID, map[string]any{"id": id})
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	return groups[0], nil
}

func (r *queryResolver) Groups(ctx context.Context, first int) (*GroupConnection, error) {
	groups, err := r.readGroups(ctx, groupsPage, map[string]any{"first": first})
	return &GroupConnection{Nodes: groups}, err
}

func (r *groupConnectionResolver) TotalCount(ctx context.Context, _ *GroupConnection) (int, error) {
	records, err := r.Database.Read(ctx, groupsCount, nil)
	if err != nil {
		return 0, err
	}
	return int(records[0].Values[0].(int64)), nil
}

func (r *groupResolver) Members(ctx context.Context, group *Group, first int) (*StudentConnection, error) {
	records, err := r.Database.Read(ctx, membersPage, map[string]any{"id": group.ID, "first": first})
	nodes := make([]*Student, len(records))
	for place, record := range records {
		nodes[place] = &Student{ID: text(record, "id"), Name: text(record, "name")}
	}
	return &StudentConnection{Nodes: nodes}, err
}

func (r *studentResolver) Masteries(ctx context.Context, student *Student, kind TargetKind, first int) (*MasteryConnection, error) {
	loader := loaders(ctx).OnConcept
	if kind == TargetKindSkill {
		loader = loaders(ctx).OnSkill
	}
	rows, err := loader.Load(ctx, student.ID)
	return &MasteryConnection{Nodes: rows[:min(first, len(rows))], TotalCount: len(rows)}, err
}

func (r *studentResolver) Answers(ctx context.Context, student *Student, first int, after *string) (*AnswerConnection, error) {
	parameters := map[string]any{"id": student.ID, "at": nil, "after": nil, "limit": first + 1}
	if after != nil {
		var key [2]string
		decoded, err := base64.RawURLEncoding.DecodeString(*after)
		if err == nil {
			err = json.Unmarshal(decoded, &key)
		}
		if err != nil {
			return nil, err
		}
		parameters["at"], parameters["after"] = key[0], key[1]
	}
	records, err := r.Database.Read(ctx, answersPage, parameters)
	nodes := make([]*Answer, min(first, len(records)))
	for place := range nodes {
		row := records[place].AsMap()
		nodes[place] = &Answer{
			ID: text(records[place], "id"), At: text(records[place], "at"), Correct: row["correct"].(bool),
			ConceptIds: texts(row["concepts"]), SkillCodes: texts(row["skills"]),
		}
		if difficulty, known := row["difficulty"].(string); known {
			nodes[place].Difficulty = &difficulty
		}
	}
	page := &PageInfo{HasNextPage: len(records) > first}
	if len(nodes) > 0 {
		last := nodes[len(nodes)-1]
		key, _ := json.Marshal([2]string{last.At, last.ID})
		cursor := base64.RawURLEncoding.EncodeToString(key)
		page.EndCursor = &cursor
	}
	return &AnswerConnection{Nodes: nodes, PageInfo: page}, err
}

func (r *masteryResolver) Concept(ctx context.Context, mastery *Mastery) (*Concept, error) {
	if mastery.ConceptID == "" {
		return nil, nil
	}
	return loaders(ctx).Concepts.Load(ctx, mastery.ConceptID)
}

func (r *masteryResolver) Skill(ctx context.Context, mastery *Mastery) (*Skill, error) {
	if mastery.SkillCode == "" {
		return nil, nil
	}
	return loaders(ctx).Skills.Load(ctx, mastery.SkillCode)
}

func (r *conceptResolver) Skills(ctx context.Context, concept *Concept) ([]*Skill, error) {
	return loaders(ctx).Skills.LoadAll(ctx, concept.SkillCodes)
}

func (r *conceptResolver) Prerequisites(ctx context.Context, concept *Concept) ([]*Concept, error) {
	return loaders(ctx).Concepts.LoadAll(ctx, concept.PrerequisiteIDs)
}
