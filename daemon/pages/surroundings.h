// What the pages stand on, of the node that they are part of.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "adapters/disk/csv_parser.h"
#include "api/status_endpoint.h"
#include "entry/desk.h"
#include "installation/installation.h"
#include "observe/log.h"
#include "pages/reported_quarantines.h"
#include "pages/view/pages.h"
#include "people/people.h"
#include "people/session.h"
#include "people/sign_in.h"
#include "record/time.h"
#include "runs/scheduler.h"
#include "store/store.h"
#include "tasks/tasks.h"
#include "trust/audit_log.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::pages {

// All must outlive the pages.
struct Surroundings {
  const installation::Installation& installation;
  const trust::Policy& policy;
  trust::AuditLog& audit;
  trust::Denials& denials;
  observe::Log& log;
  runs::Scheduler& scheduler;
  std::function<api::NodeStatus()> status;  // blocks; any thread
  std::function<people::Result<std::unique_ptr<people::People>>()> open_people;
  ReportedQuarantines::Open open_kept_reports;
  std::function<record::Time()> clock;
  people::SessionLimits sessions;
  people::SignInAttempts& sign_in_attempts;
  std::string time_zone;  // one that date::locate_zone() knows
  // Where records are keyed, by bureau.
  const std::map<record::BureauId, std::unique_ptr<entry::Desk>>& desks;
  const entry::CodeTables& code_tables;
  std::function<tasks::Result<std::unique_ptr<tasks::Tasks>>()> open_tasks;
  // To look up what is known already of a record that is keyed.
  std::function<store::Result<std::unique_ptr<store::Store>>()> open_store;
  // Of sheets and quarantined rows: where there is a key, in another process.
  const adapters::disk::CsvParser& csv;
};

}  // namespace sluice::pages
