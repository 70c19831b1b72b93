// Times oneDNN's batch normalisation with fused ReLU (NHWC, training) for the shapes that arrive on standard input, one
// "batch channels height width" per line, and answers each with one line of JSON. Threads: OMP_NUM_THREADS.
// Build: g++ -O2 -std=c++17 onednn_bn.cpp -ldnnl -o onednn_bn
#include <dnnl.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <unordered_map>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLeastRuns = 15;
constexpr int kMostRuns = 400;
constexpr double kSeconds = 0.25;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Times {
    double median_ms;
    double best_ms;
};

template <class Body>
Times time(Body body) {
    for (int i = 0; i < 3; i++)
        body();
    std::vector<double> times;
    const auto start = Clock::now();
    while (times.size() < kLeastRuns || (seconds_since(start) < kSeconds && times.size() < kMostRuns)) {
        const auto before = Clock::now();
        body();
        times.push_back(seconds_since(before));
    }
    std::sort(times.begin(), times.end());
    return {1e3 * times[times.size() / 2], 1e3 * times.front()};
}

void fill(dnnl::memory& memory, float scale, float offset) {
    auto* values = static_cast<float*>(memory.get_data_handle());
    const size_t count = memory.get_desc().get_size() / sizeof(float);
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = ((state >> 9) / 8388608.0f - 0.5f) * scale + offset;
    }
}

void time_shape(dnnl::engine& engine, dnnl::stream& stream, const dnnl::memory::dims& dims) {
    using namespace dnnl;
    const memory::desc desc(dims, memory::data_type::f32, memory::format_tag::nhwc);
    const auto flags =
        normalization_flags::use_scale | normalization_flags::use_shift | normalization_flags::fuse_norm_relu;
    const batch_normalization_forward::primitive_desc forward_desc({prop_kind::forward_training, desc, 1e-5f, flags}, engine);
    const batch_normalization_backward::primitive_desc backward_desc(
        {prop_kind::backward, desc, desc, 1e-5f, flags}, engine, forward_desc);
    memory x(desc, engine), y(desc, engine), dy(desc, engine), dx(desc, engine);
    memory mean(forward_desc.mean_desc(), engine), variance(forward_desc.variance_desc(), engine);
    memory gamma(forward_desc.weights_desc(), engine), beta(forward_desc.weights_desc(), engine);
    memory dgamma(forward_desc.weights_desc(), engine), dbeta(forward_desc.weights_desc(), engine);
    memory workspace(forward_desc.workspace_desc(), engine);
    fill(x, 4, 0.3f);
    fill(dy, 1, 0);
    fill(gamma, 1, 1);
    fill(beta, 1, 0);
    const batch_normalization_forward forward(forward_desc);
    const batch_normalization_backward backward(backward_desc);
    std::unordered_map<int, memory> forward_args{
        {DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}, {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, variance},
        {DNNL_ARG_SCALE, gamma}, {DNNL_ARG_SHIFT, beta}, {DNNL_ARG_WORKSPACE, workspace}};
    std::unordered_map<int, memory> backward_args{
        {DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dx}, {DNNL_ARG_MEAN, mean},
        {DNNL_ARG_VARIANCE, variance}, {DNNL_ARG_SCALE, gamma}, {DNNL_ARG_SHIFT, beta},
        {DNNL_ARG_DIFF_SCALE, dgamma}, {DNNL_ARG_DIFF_SHIFT, dbeta}, {DNNL_ARG_WORKSPACE, workspace}};
    const Times forward_times = time([&] {
        forward.execute(stream, forward_args);
        stream.wait();
    });
    const Times backward_times = time([&] {
        backward.execute(stream, backward_args);
        stream.wait();
    });
    std::printf(
        "{\"forward_ms\": %.6f, \"forward_best_ms\": %.6f, \"backward_ms\": %.6f, \"backward_best_ms\": %.6f, "
        "\"implementation\": \"%s\"}\n",
        forward_times.median_ms, forward_times.best_ms, backward_times.median_ms, backward_times.best_ms,
        forward_desc.impl_info_str());
    std::fflush(stdout);
}

} // namespace

int main() {
    dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(engine);
    int64_t batch, channels, height, width;
    while (std::cin >> batch >> channels >> height >> width)
        time_shape(engine, stream, {batch, channels, height, width});
}
