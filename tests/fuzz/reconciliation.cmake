sluice_fuzz(reconciliation_question_fuzz
  SOURCES reconciliation/question_fuzz.cpp
  DEPENDS sluice_reconciliation
  PARTS daemon/reconciliation/digest_question.cpp)
