// A disk that refuses what the test says, under every SQLite file that is opened while it lives.
#pragma once

#include <memory>

namespace sluice::test {

// One at a time in a process. What was opened on it must be closed before it goes.
class FailingDisk {
 public:
  FailingDisk();
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // Until heal(), these bring the SQLite result code `code`.
  void fail_writes(int code);
  void fail_writes_to_the_file(int code);  // and not to its log: at a checkpoint
  void fail_fsyncs(int code);              // of the write-ahead log
  void fail_fsyncs_of_the_file(int code);  // of the database file: at a checkpoint
  void heal();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::test
