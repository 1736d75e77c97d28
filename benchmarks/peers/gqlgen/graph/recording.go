package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

const (
	prior, learn, guess, slip = 0.3, 0.2, 0.2, 0.1

	lockStudent = `MERGE (student:Student {id: $student}) SET student.revision = coalesce(student.revision, 0) + 1`
	readStates  = `MATCH (concept:Concept {id: $concept}) OPTIONAL MATCH (concept)-[:PART_OF]->(skill:Skill)
  WITH concept, skill ORDER BY skill.code LIMIT 1
  OPTIONAL MATCH (student:Student {id: $student})
  OPTIONAL MATCH (student)-[onConcept:HAS_MASTERY]->(concept)
  OPTIONAL MATCH (student)-[onSkill:HAS_MASTERY]->(skill)
  RETURN skill.code AS skill, onConcept.level AS conceptLevel, onConcept.attempts AS conceptAttempts,
    onSkill.level AS skillLevel, onSkill.attempts AS skillAttempts`
	writeAnswer = `MERGE (student:Student {id: $student}) WITH student
  MATCH (concept:Concept {id: $concept}) MATCH (skill:Skill {code: $skill})
  CREATE (student)-[:ANSWERED {id: $id, position: 0, at: $at, correct: $correct, level_after: $conceptLevel,
    opportunity: $conceptAttempts}]->(concept)
  CREATE (student)-[:ANSWERED {id: $id, position: 1, at: $at, correct: $correct, level_after: $skillLevel,
    opportunity: $skillAttempts}]->(skill)
  MERGE (student)-[onConcept:HAS_MASTERY]->(concept)
  SET onConcept.level = $conceptLevel, onConcept.attempts = $conceptAttempts, onConcept.updated_at = $at
  MERGE (student)-[onSkill:HAS_MASTERY]->(skill)
  SET onSkill.level = $skillLevel, onSkill.attempts = $skillAttempts, onSkill.updated_at = $at`
)

type mutationResolver struct{ *Resolver }

// Mutation has the entry points that write.
func (r *Resolver) Mutation() MutationResolver { return &mutationResolver{r} }

// RecordAnswer records an answer to one concept and its skill, in a transaction that the driver retries.
func (r *mutationResolver) RecordAnswer(ctx context.Context, input AnswerInput) (*RecordAnswerPayload, error) {
	session := r.Database.Driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: r.Database.Name})
	defer session.Close(ctx)
	payload, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) { return r.record(ctx, tx, input) })
	if err != nil {
		return nil, err
	}
	return payload.(*RecordAnswerPayload), nil
}

func (r *mutationResolver) record(ctx context.Context, tx neo4j.ManagedTransaction, input AnswerInput) (*RecordAnswerPayload, error) {
	id := uuid.NewString()
	if input.ID != nil {
		id = *input.ID
	}
	parameters := map[string]any{
		"student": r.Students + input.StudentID, "concept": input.ConceptIds[0], "correct": input.Correct,
		"id": id, "at": time.Now().UTC(),
	}
	if r.Locks {
		if _, err := tx.Run(ctx, lockStudent, parameters); err != nil {
			return nil, err
		}
	}
	result, err := tx.Run(ctx, readStates, parameters)
	if err != nil {
		return nil, err
	}
	record, err := result.Single(ctx)
	if err != nil {
		return nil, err
	}
	row := record.AsMap()
	onConcept := step(row["conceptLevel"], input.Correct)
	onSkill := step(row["skillLevel"], input.Correct)
	skill := text(record, "skill")
	parameters["skill"] = skill
	parameters["conceptLevel"], parameters["conceptAttempts"] = onConcept, next(row["conceptAttempts"])
	parameters["skillLevel"], parameters["skillAttempts"] = onSkill, next(row["skillAttempts"])
	if _, err := tx.Run(ctx, writeAnswer, parameters); err != nil {
		return nil, err
	}
	return &RecordAnswerPayload{Answer: &RecordedAnswer{ID: id}, Changes: []*LevelChange{
		{Concept: &input.ConceptIds[0], LevelAfter: onConcept}, {Skill: &skill, LevelAfter: onSkill},
	}}, nil
}

// step is one step of Bayesian knowledge tracing.
func step(stored any, correct bool) float64 {
	level, isKnown := stored.(float64)
	if !isKnown {
		level = prior
	}
	right, wrong := 1-slip, guess
	if !correct {
		right, wrong = slip, 1-guess
	}
	posterior := level * right / (level*right + (1-level)*wrong)
	return posterior + (1-posterior)*learn
}

func next(stored any) int64 {
	attempts, _ := stored.(int64)
	return attempts + 1
}
