// Package graph has the hand-written resolvers of the gqlgen peer, with a loader for each kind of object.
package graph

// Skill is a row.
type Skill struct{ Code, Name string }

// Concept is a row with the keys of what it leads to.
type Concept struct {
	ID, Name                    string
	SkillCodes, PrerequisiteIDs []string
}

// Mastery is a row; one of the two keys is empty.
type Mastery struct {
	ConceptID, SkillCode string
	Level                float64
	Attempts             int
}

// Status is the name of the level.
func (mastery *Mastery) Status() MasteryStatus {
	switch {
	case mastery.Attempts < 1:
		return MasteryStatusNotStarted
	case mastery.Level >= 0.95:
		return MasteryStatusMastered
	case mastery.Level < 0.4:
		return MasteryStatusNeedsFocus
	default:
		return MasteryStatusLearning
	}
}

// Student is a row.
type Student struct{ ID, Name string }

// Group is a row.
type Group struct {
	ID, Name   string
	Size       int
	TeacherIds []string
}

// GroupConnection is a page of groups.
type GroupConnection struct{ Nodes []*Group }
