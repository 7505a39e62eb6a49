/* A magnet: the Ising model on a torus of size x size spins, by strips of rows, one for each rank.
 *
 * Arguments: temperature, size, sweeps, seed. Prints the mean magnetisation and the susceptibility, per spin, and how
 * many ranks there were. Numbers are drawn by the place of a spin, so that the answer does not depend on the ranks.
 */
#include <math.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    MPI_Abort(MPI_COMM_WORLD, 2);
    exit(2);
}

/* A number from 0 to 1 for each seed, sweep and spin (splitmix64). */
static double drawn(uint64_t seed, uint64_t sweep, uint64_t spin) {
    uint64_t z = (seed * 0x100000001b3 + sweep) * 0x9e3779b97f4a7c15 + spin * 0xd1b54a32d192ed03;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    int rank, ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (argc != 5) fail("ising TEMPERATURE SIZE SWEEPS SEED");
    double temperature = atof(argv[1]);
    int size = atoi(argv[2]), sweeps = atoi(argv[3]);
    uint64_t seed = strtoull(argv[4], NULL, 10);
    if (temperature <= 0 || size < 2 || size % 2 != 0 || sweeps < 2) fail("no such magnet: the size is even");
    if (ranks > size) fail("there are more ranks than rows");

    /* The rows of this rank, between copies of the last row above and the first one below. All spins point up. */
    int first = (int)((long)size * rank / ranks), rows = (int)((long)size * (rank + 1) / ranks) - first;
    int above = (rank + ranks - 1) % ranks, below = (rank + 1) % ranks;
    signed char *spins = malloc((size_t)(rows + 2) * size);
    if (!spins) fail("no memory");
    for (int i = 0; i < (rows + 2) * size; i++) spins[i] = 1;

    double sum = 0, squares = 0;
    int measured = 0;
    for (int sweep = 0; sweep < sweeps; sweep++) {
        /* The spins as on a chessboard: those of one colour have neighbours of the other alone. */
        for (int colour = 0; colour < 2; colour++) {
            MPI_Sendrecv(spins + size, size, MPI_SIGNED_CHAR, above, 0, spins + (rows + 1) * size, size,
                         MPI_SIGNED_CHAR, below, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Sendrecv(spins + rows * size, size, MPI_SIGNED_CHAR, below, 1, spins, size, MPI_SIGNED_CHAR, above, 1,
                         MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            for (int row = 1; row <= rows; row++) {
                int y = first + row - 1;
                for (int x = (y + colour) % 2; x < size; x += 2) {
                    signed char *spin = spins + row * size + x;
                    int left = spin[x > 0 ? -1 : size - 1], right = spin[x < size - 1 ? 1 : 1 - size];
                    int cost = 2 * *spin * (left + right + spin[-size] + spin[size]);
                    if (cost <= 0 || drawn(seed, sweep, (uint64_t)y * size + x) < exp(-cost / temperature))
                        *spin = -*spin;
                }
            }
        }
        if (sweep < sweeps / 4) continue; /* it forgets how it began */
        long here = 0, everywhere = 0;
        for (int i = size; i < (rows + 1) * size; i++) here += spins[i];
        MPI_Reduce(&here, &everywhere, 1, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
        double mean = fabs((double)everywhere) / ((double)size * size);
        sum += mean;
        squares += mean * mean;
        measured++;
    }
    sum /= measured;
    squares /= measured;
    if (rank == 0) printf("%.6f %.6f %d\n", sum, (squares - sum * sum) * size * size / temperature, ranks);
    free(spins);
    MPI_Finalize();
    return 0;
}
