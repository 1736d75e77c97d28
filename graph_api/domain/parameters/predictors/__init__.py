"""Models that predict the next answer from all earlier answers of a student, beside knowledge tracing.

`responses` holds answers as columns, `practice` what came before each, `terms` what a model adds up, as a `design`.
`logistic` fits the weights in the units of `scaling`, `weights` keeps and explains them, `practice_state` follows one
student answer by answer, `elo` rates.
"""
