#include "runtime/embed/random_sources.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>

namespace sluice {

namespace {

std::uint64_t device_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

} // namespace

random_source seeded_random() {
  return [engine = std::mt19937_64(device_seed())]() mutable { return engine(); };
}

std::function<random_source()> random_maker() {
  const auto next_seed = std::make_shared<std::atomic<std::uint64_t>>(device_seed());
  return [next_seed]() -> random_source {
    return [state = next_seed->fetch_add(0xda942042e4dd58b5)]() mutable {
      auto mixed = state += 0x9e3779b97f4a7c15;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      return mixed ^ (mixed >> 31);
    };
  };
}

} // namespace sluice
