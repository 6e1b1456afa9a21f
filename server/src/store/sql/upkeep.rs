//! Looking after the database.

use std::path::Path;

use async_trait::async_trait;
use shared::words::{DocumentId, Seq};

use super::{Deed, SqlStore, engine};
use crate::store::{Cause, Compacted, Documents, Result, Shrinking, StoreError, Upkeep};

#[async_trait]
impl Upkeep for SqlStore {
    async fn compact(&self, document: &DocumentId) -> Result<Compacted> {
        let mut compacted = Compacted::default();
        while let Some(packed) = self.packer.pack_some(document, 1).await? {
            compacted += packed;
        }
        Ok(compacted)
    }

    async fn unfit_snapshots(&self, document: &DocumentId) -> Result<Vec<Seq>> {
        self.snapshots_that_do_not_fit(document).await
    }

    async fn is_current(&self) -> Result<()> {
        let deed = || "read the database of another version of Gongbei".to_owned();
        let found: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        let known: Vec<i64> = engine::migrations().iter().map(|migration| migration.version).collect();
        if found == known {
            return Ok(());
        }
        let cause = Cause::Other(format!("its schema has the steps {found:?}, this program {known:?}"));
        Err(StoreError { deed: deed(), cause })
    }

    async fn begin_new_epochs(&self) -> Result<usize> {
        let deed = || "begin new epochs".to_owned();
        let documents = self.all_documents().await?;
        let mut transaction = self.begin(deed).await?;
        for document in &documents {
            sqlx::query("UPDATE documents SET epoch = $2 WHERE id = $1")
                .bind(document.as_str())
                .bind(crate::secret::random_id())
                .execute(&mut *transaction)
                .await
                .deed(deed)?;
        }
        transaction.commit().await.deed(deed)?;
        Ok(documents.len())
    }

    async fn copy_to(&self, file: &Path) -> Result<()> {
        engine::copy_to(&self.read, file).await
    }

    async fn size(&self) -> Result<u64> {
        engine::size(&self.read).await.deed(|| "ask how large the database is".to_owned())
    }

    fn shrinking(&self) -> Option<&dyn Shrinking> {
        engine::shrinking(self)
    }

    async fn is_ours(&self) -> Result<()> {
        self.write.lend().await.deed(|| "keep the database".to_owned())?.give_back();
        Ok(())
    }

    async fn integrity(&self) -> Result<Vec<String>> {
        engine::integrity(&self.read).await.deed(|| "check the database".to_owned())
    }
}
