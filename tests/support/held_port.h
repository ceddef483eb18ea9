// A port of loopback for a server that must find it again after it was down, or on which nobody may
// answer. One that the kernel names, that is given back and bound later, may be another test's by
// then, or that of an outgoing connection. tests/support/shell/held_port.sh does the same for
// scripts.
#pragma once

namespace sluice::test {

// No other test of this machine is given the port while this object, or a process that was started
// while it lived, is there. Throws where there is none.
class HeldPort {
 public:
  HeldPort();
  // `first` is tried before all others.
  explicit HeldPort(int first);
  ~HeldPort();
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;

  [[nodiscard]] int number() const { return number_; }

 private:
  int lock_ = -1;
  int number_ = 0;
};

}  // namespace sluice::test
