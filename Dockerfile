# tests/run-all.sh also runs every RUN line here, unchanged. Images have full versions: the SDK is that of the machine
# on which the tests last ran, the runtime is the matching one (dotnet --list-runtimes). To update, change both. For
# arm64, build on x64 with linux-arm64 and the tools that README.md names for it.
FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends clang zlib1g-dev
COPY . .
RUN dotnet publish src/Exporter -c Release -r linux-x64 -o artifacts/clustermgr-exporter

# One native file and its dependencies: no .NET, no shell, no package manager.
FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled
COPY --from=build /source/artifacts/clustermgr-exporter/clustermgr-exporter /usr/bin/clustermgr-exporter
# By number: Kubernetes' runAsNonRoot cannot check a user name.
USER 1654:1654
ENV DOTNET_EnableDiagnostics=0
EXPOSE 19998
# It only writes to --storage.path: run it with a read-only root.
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["/usr/bin/clustermgr-exporter", "healthcheck"]
ENTRYPOINT ["/usr/bin/clustermgr-exporter"]
