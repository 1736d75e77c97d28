"""Every mutation of the schema, with arguments for the world of `tests.fuzz_world`: what changes what replies show."""

STEPS: dict[str, tuple[str, ...]] = {
    "recordAnswer": (
        '(input: {studentId: "anna", conceptIds: ["nominative"], correct: false}) { failure { code } }',
        '(input: {studentId: "anna", conceptIds: ["accusative"], correct: true, at: "2025-12-31T00:00:00Z"}) { failure { code } }',
        '(input: {studentId: "cleo", conceptIds: ["accusative"], correct: true}) { failure { code } }',
    ),
    "recordAnswers": (
        (
            '(input: {answers: [{studentId: "ben", skillCodes: ["grammar"], correct: true, semanticScore: 0.9, sampled: '
            '[{conceptId: "accusative", mentioned: false}]}]}) { failure { code } }'
        ),
    ),
    "startSession": ('(input: {studentId: "anna", id: "later"}) { failure { code } }',),
    "endSession": ('(input: {id: "later"}) { failure { code } }',),
    "startPlacement": ('(input: {studentId: "anna", id: "placed"}) { failure { code } }',),
    "answerPlacement": (
        '(input: {placementId: "placed", conceptId: "nominative", correct: true}) { failure { code } }',
    ),
    "expireSessions": ("{ failure { code } }",),
    "upsertStudents": (
        '(input: [{id: "anna", name: "Anna B."}]) { failure { code } }',
        '(input: [{id: "ben", recencyAtSessionEnd: true}, {id: "dora", name: "Dora"}]) { failure { code } }',
    ),
    "addMembers": ('(groupId: "class", studentIds: ["dora", "cleo"]) { failure { code } }',),
    "removeMembers": ('(groupId: "class", studentIds: ["cleo"]) { failure { code } }',),
    "addTeachers": ('(groupId: "class", teacherIds: ["bea"]) { failure { code } }',),
    "removeTeachers": ('(groupId: "class", teacherIds: ["ada"]) { failure { code } }',),
    "upsertGroup": (
        '(input: {id: "class", name: "The class", teacherIds: ["ada", "bea"]}) { failure { code } }',
        '(input: {id: "other", name: "Other", studentIds: ["anna"], teacherIds: ["ada"]}) { failure { code } }',
    ),
    "archiveGroups": ('(ids: ["other"]) { failure { code } }',),
    "restoreGroups": ('(ids: ["other"]) { failure { code } }',),
    "deleteGroups": ('(ids: ["other"]) { failure { code } }',),
    "archiveSkills": ('(codes: ["talk"]) { failure { code } }',),
    "restoreSkills": ('(codes: ["talk"]) { failure { code } }',),
    "upsertSkills": (
        '(input: [{code: "spare", name: "Spare", category: "grammar"}, {code: "grammar", name: "Grammar 2"}]) { failure { code } }',
    ),
    "deleteSkills": ('(codes: ["spare"]) { failure { code } }',),
    "archiveConcepts": ('(ids: ["accusative"]) { failure { code } }',),
    "restoreConcepts": ('(ids: ["accusative"]) { failure { code } }',),
    "upsertConcepts": (
        '(input: [{id: "spare", name: "Spare", skillCodes: ["grammar"]}, {id: "nominative", name: "Nominative 2"}]) { failure { code } }',
    ),
    "linkPrerequisite": ('(prerequisiteId: "nominative", conceptId: "spare") { failure { code } }',),
    "unlinkPrerequisite": ('(prerequisiteId: "nominative", conceptId: "spare") { failure { code } }',),
    "deleteConcepts": ('(ids: ["spare"]) { failure { code } }',),
    "upsertCourses": ('(input: [{id: "german", name: "German 2"}, {id: "spare", name: "Spare"}]) { failure { code } }',),
    "addCourseSkills": ('(courseId: "spare", skillCodes: ["talk"]) { failure { code } }',),
    "removeCourseSkills": ('(courseId: "german", skillCodes: ["grammar"]) { failure { code } }',),
    "addGroupCourses": ('(groupId: "class", courseIds: ["spare"]) { failure { code } }',),
    "removeGroupCourses": ('(groupId: "class", courseIds: ["german"]) { failure { code } }',),
    "archiveCourse": (
        '(id: "spare") { failure { code } }',
        '(id: "spare", archived: false) { failure { code } }',
    ),
    "deleteCourse": ('(id: "spare") { failure { code } }',),
    "putThresholds": ('(input: {skillCode: "grammar", mastered: 0.7, focus: 0.3}) { failure { code } }',),
    "resetThresholds": ('(input: {skillCode: "grammar"}) { failure { code } }',),
    "recordJudgements": (
        '(input: [{id: "j-2", studentId: "ben", skillCode: "grammar", kind: OVERRIDE, level: 0.9}]) { failure { code } }',
    ),
    "revokeJudgements": ('(input: [{studentId: "anna", judgementId: "judgement-1"}]) { failure { code } }',),
    "putParameterSet": (
        '(input: {name: "own", prior: 0.3, learn: 0.2, guess: 0.2, slip: 0.1}) { failure { code } }',
    ),
    "activateParameters": ('(input: {parameterSetId: "own-v1", skillCodes: ["grammar"]}) { failure { code } }',),
    "replay": ('(input: {parameterSetId: "own-v1", studentId: "anna"}) { failure { code } }',),
    "fitParameters": ("{ failure { code } }",),
    "putRecencyParameters": ('(input: {name: "recent", minAttempts: 1}) { failure { code } }',),
    "recomputeRecency": ('(input: {groupId: "class", parameterSetId: "recent-v1"}) { failure { code } }',),
    "putEvidenceParameters": ('(input: {name: "hints", hintedAnswers: INCORRECT, rapidWeight: 0}) { failure { code } }',),
    "activateEvidence": ('(input: {id: "hints-v1"}) { failure { code } }',),
    "replayEvidence": ('(input: {evidence: "hints-v1", studentId: "anna"}) { failure { code } }',),
    "putTopicParameters": ('(name: "own", parameters: {}) { failure { code } }',),
    "fitForgetting": ("(input: {activate: true}) { failure { code } }",),
    "fitPredictor": ("(input: {kind: CONCEPT}) { failure { code } }",),
    "activatePredictor": ('(id: "predictor-skill-v1") { failure { code } }',),
    "deactivatePredictor": ("(kind: SKILL) { failure { code } }",),
    "activateForgetting": ('(id: "half-life-v0") { failure { code } }',),
    "fitInference": ("(input: {kind: SKILL}) { failure { code } }",),
    "activateInference": ('(id: "inference-skill-v1") { failure { code } }',),
    "deactivateInference": ("(kind: SKILL) { failure { code } }",),
    "applyQuestionDifficulties": ('(input: {name: "harder", skillCodes: ["grammar"]}) { failure { code } }',),
    "gradeAnswer": ('(input: [{answerText: "a", expected: {keywords: ["a"]}}]) { failure { code } }',),
    "cancelRun": ('(id: "none") { failure { code } }',),
    "deleteStudent": ('(id: "anna") { failure { code } }',),
}  # fmt: skip
"""In an order in which each of them has an effect."""
