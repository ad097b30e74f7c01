#include "persistence/owners/host_clock.hpp"

#include "model/base/error.hpp"

#include <chrono>
#include <ctime>
#include <fstream>

namespace sluice {

namespace {

constexpr const char* boot_id_file = "/proc/sys/kernel/random/boot_id";

std::string read_boot_id() {
  std::ifstream file(boot_id_file);
  std::string id;
  if (!(file >> id))
    throw error("host_unsupported",
                std::string("cannot read ") + boot_id_file +
                    ", by which leases know one boot of the host from the next; mount /proc");
  return id;
}

} // namespace

const std::string& host_boot_id() {
  static const std::string id = read_boot_id();
  return id;
}

utc_time utc_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

boot_instant boot_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return {host_boot_id(), std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

run_clock host_clock() {
  return {utc_now, boot_now};
}

} // namespace sluice
