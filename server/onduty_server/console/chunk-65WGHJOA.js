import{Aa as e,Ba as a,Da as t,F as l,Ha as s,Ia as n,La as r,U as i,Y as o,_ as u,b as c,ba as d,d as h,e as v,f as $,fa as m,g as p,ga as g,ha as f,ia as w,j as y,k as b,l as I,la as C,m as T,na as k,o as D,sa as x,x as A,y as N,ya as M,za as S}from"./chunk-ZZFARS3K.js";var Y=e=>new Date(e).toISOString();function L(e){let a=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(a)?`"${a.replaceAll('"','""')}"`:a}var R=2e4;async function U({accountId:e,userId:a,teamId:t,start:l,end:s,signal:n,most:r=R},i=A){let o=[],u="";do{let r={startTime:b(l),endTime:void 0===s?void 0:b(s)},c=await i.listStatusChanges({accountId:e,userId:a,teamId:t,...r,pageSize:1e3,pageToken:u},{signal:n});for(let e of c.changes)o.push({id:e.userId,name:e.displayName,team:e.teamId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:y(e.effectiveTime)??0,expireAt:y(e.expireTime),then:e.then});u=c.nextPageToken}while(u&&o.length<r);return{changes:o.sort(_),isCapped:""!==u}}function _(e,a){return a.at-e.at||Number(a.revision-e.revision)}var j=class{constructor(e,a,t){this.wanted=e,this.calls=t,this.changes=[],this.from=e.end??a,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}forget(e){this.changes=this.changes.map(a=>function(e,a){let t=e.id===a;return t||e.actor===a?t?{...e,id:"",name:"",actor:"",reason:""}:{...e,actor:""}:e}(a,e))}async more(e,a){let t=this.changes.length;for(;!this.isComplete&&!a(this.changes)&&this.changes.length-t<R;){let a=Math.max(this.wanted.start,this.from-this.sliceMs),t=this.from-a<=1,l=t?R:4e3,s=await U({...this.wanted,start:a,end:this.until,signal:e,most:l},this.calls);!s.isCapped||t?(this.isCut||=s.isCapped,this.changes.push(...s.changes),this.from=this.until=a,s.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-a)/8))}}},E=["hour","today","yesterday","7","30","days"];function F(e,a,t,l){switch(e){case"hour":return{start:l-36e5,end:void 0};case"today":return{start:V(new Date(l),0),end:void 0};case"yesterday":return{start:V(new Date(l),-1),end:V(new Date(l),0)};case"days":{let[e,l]=[V(O(a),0),V(O(t||a),1)];return e<l?{start:e,end:l}:null}default:return{start:V(new Date(l),1-Number(e)),end:void 0}}}function O(e){let[a,t,l]=e.split("-").map(Number);return new Date(a,t-1,l)}function V(e,a){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+a).getTime()}var z=[["MANUAL",$.MANUAL],["INACTIVITY",$.INACTIVITY],["ACTIVITY",$.ACTIVITY],["EXPIRY",$.EXPIRY],["DISCONNECT",$.DISCONNECT]];function P(){let e=i().history,a=h(""),t=h("today"),w=h(function(e){let a=new Date(e),t=e=>String(e).padStart(2,"0");return`${a.getFullYear()}-${t(a.getMonth()+1)}-${t(a.getDate())}`}(Date.now())),y=h(w.value),b=h(0),D=h(0),A=h(0),M=h(null),S=h(0),R=h(""),U=h(null),_=e=>!b.value||e.cause===b.value,O=async(e,a)=>{let t=e.changes.filter(_).length+500;U.value=a,R.value="";try{await e.more(a.signal,e=>e.filter(_).length>=t),M.value=e}catch(e){if(n(e)||l(e))return;R.value=s(e)}U.value===a&&(U.value=null)},V=F(t.value,w.value,y.value,Date.now());c(()=>{let e=new AbortController,l=setTimeout(()=>{let l=Date.now(),s=F(t.value,w.value,y.value,l);M.value=null,S.value=l;let n={accountId:N.peek(),userId:K(a.value),teamId:T.value};s&&O(new j({...n,...s},l),e)},a.value?400:0);return()=>{clearTimeout(l),e.abort(),U.value?.abort()}},[a.value,T.value,t.value,w.value,y.value,b.value,D.value]),c(()=>{let e=e=>{M.peek()?.forget(e),A.value++};return x.add(e),()=>{x.delete(e)}},[]),A.value;let P=M.value,Z=P?.changes.filter(_)??[],H=C(a.value.trim()),q=H?[...k.all.values()].filter(e=>e.key.includes(H)).slice(0,20):[],G=!k.all.has(a.value.trim())&&B(a.value).length>1?e.sharedName:a.value?e.wholeName:e.kept;return I`<h1>${e.title}</h1>
<div class="tools">
<${r} all=${i().board.allTeams} isKept />
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${a.value}
onInput=${e=>a.value=e.currentTarget.value}
/>
<datalist id="people">
${q.map(({id:e,name:a})=>I`<option key=${e} value=${e} label=${a?`${d(a)} (${d(e)})`:null}></option>`)}
</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${e=>t.value=e.currentTarget.value}>
${E.map(a=>I`<option value=${a} selected=${a===t.value}>${e.ranges[a]}</option>`)}
</select></label
>
${"days"===t.value&&[[e.firstDay,w],[e.lastDay,y]].map(([e,a])=>I`<label class="labelled" key=${e}
>${e}
<input type="date" value=${a.value} onChange=${e=>a.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${e=>b.value=Number(e.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${z.map(([e,a])=>I`<option value=${a}>${i().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>D.value++}>${e.refresh}</button>
${Z.length>0&&I`<button type="button" onClick=${()=>function(e,a){let t=document.createElement("a");t.href=URL.createObjectURL(new Blob(["\ufeff",a],{type:"text/csv;charset=utf-8"})),t.download=e,t.click(),setTimeout(()=>URL.revokeObjectURL(t.href),6e4)}(`${N.value}.csv`,function(e){return["effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then,display_name,team_id",...e.map(({at:e,id:a,name:t,team:l,from:s,to:n,cause:r,actor:i,reason:o,expireAt:u,then:c})=>{let d=void 0===u?["",""]:[Y(u),p[c]];return[Y(e),a,v[s],v[n],$[r],i,o,...d,t,l].map(L).join(",")}),""].join("\r\n")}(Z))}>${e.download}</button>`}
<p class="hint end" role="status">
${P?`${e.shown(Z.length)} · ${e.readAt(u(S.value))}`:i().common.loading}
${" "}· ${i().common.zone(o)}
</p>
</div>
${!V&&I`<${m} kind="warn">${e.noDays}<//>`}
${R.value&&I`<${m}
kind="error"
actions=${I`<button type="button" onClick=${()=>D.value++}>${i().common.retry}</button>`}
>${R.value}<//
>`}
${P?.isCut&&I`<${m} kind="warn">${e.cut}<//>`}
${P&&Z.length>0&&I`<${X} changes=${Z} top=${S.value} />`}
${P&&0===Z.length&&I`<${g} title=${e.empty} hint=${G} />`}
${!P&&V&&!R.value&&I`<${f} />`}
${P&&!P.isComplete&&I`<p class="older">
<button type="button" disabled=${null!==U.value} onClick=${()=>O(P,new AbortController)}>
${U.value?i().common.loading:e.older}
</button>
<span class="hint">${e.readFrom(u(P.from))}</span>
</p>`}`}function B(e){let a=C(e.trim());return a?[...k.all.values()].filter(({name:e})=>e&&C(e)===a).map(({id:e})=>e):[]}function K(e){let a=e.trim(),t=k.all.has(a)?[]:B(a);return 1===t.length?t[0]:a}function X({changes:l,top:s}){let n=i().history,r=I`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`;return I`<${e}
count=${l.length}
row=${e=>{let s=l[e];return I`<div
class="row change"
role="row"
key=${String(s.revision)}
aria-rowindex=${e+2}
style=${{transform:`translateY(${e*S.value}px)`}}
>
<div class="cell time" role="gridcell"><${w} ms=${s.at} /></div>
<div class="cell person" role="rowheader">
${s.id?I`<a tabindex="-1" href=${D("person",s.id)}><${a} id=${s.id} name=${s.name} /></a>`:I`<${a} id="" />`}
</div>
<div class="cell what" role="gridcell"><${Z} change=${s} /></div>
<div class="cell why" role="gridcell" title=${t(s)}>${t(s)}</div>
</div>`}}
head=${r}
label=${n.title}
top=${s}
/>`}function Z({change:e}){let a=i().history;return I`<span class="from-to">
<span class="visually-hidden">${a.from}</span><${M} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${a.to}</span>
<${M} status=${e.to} />
</span>`}export{U as a,P as b,Z as c};